import { describe, expect, it } from '@jest/globals';

import { chooseExport } from './choose-export.js';

class AppModule {}
class OtherModule {}
const FILE = 'dist/app.module.js';

describe('chooseExport', () => {
  it('takes the only module, the default export, or the one that is named', () => {
    expect(chooseExport({ AppModule, limit: 5 }, FILE, undefined)).toBe(AppModule);
    expect(chooseExport({ default: OtherModule }, FILE, undefined)).toBe(OtherModule);
    expect(chooseExport({ AppModule, OtherModule }, FILE, 'OtherModule')).toBe(OtherModule);
    const dynamic = { module: AppModule };
    expect(chooseExport({ default: dynamic }, FILE, undefined)).toBe(dynamic);
  });

  it('takes it from a file that was compiled to CommonJS', () => {
    const compiled = Object.defineProperty({ AppModule }, '__esModule', { value: true });
    const imported = { __esModule: true, AppModule, default: compiled, 'module.exports': compiled };
    expect(chooseExport(imported, FILE, undefined)).toBe(AppModule);
    expect(chooseExport({ default: compiled, 'module.exports': compiled }, FILE, undefined)).toBe(AppModule);
    const ofDefault = Object.defineProperty({ default: OtherModule }, '__esModule', { value: true });
    expect(chooseExport({ __esModule: true, default: ofDefault }, FILE, undefined)).toBe(OtherModule);
  });

  it('asks for a name where there is a choice', () => {
    expect(() => chooseExport({ AppModule, OtherModule }, FILE, undefined)).toThrow(
      'dist/app.module.js exports AppModule and OtherModule: say with --export which one is the root module',
    );
    expect(() => chooseExport({ AppModule, __esModule: true }, FILE, 'ShopModule')).toThrow(
      'dist/app.module.js exports no ShopModule: it exports AppModule',
    );
  });
});
