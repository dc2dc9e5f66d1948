import path from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const CONFIG = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));

/**
 * Compiles files as strictly as the repository, or as the one whose tsconfig.json is given, against the packages'
 * sources; a line for each error.
 */
export function compile(files: readonly string[], configFile = CONFIG): string[] {
  const { config } = ts.readConfigFile(configFile, (file) => ts.sys.readFile(file)) as { config?: object };
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files, include: [] },
    ts.sys,
    path.dirname(configFile),
  );
  const program = ts.createProgram(files, options);
  // Of these files only: those that they import are checked with the repository.
  const sources = files.map((file) => program.getSourceFile(file));
  return program
    .getOptionsDiagnostics()
    .concat(...sources.map((source) => program.getSyntacticDiagnostics(source)))
    .concat(...sources.map((source) => program.getSemanticDiagnostics(source)))
    .map(({ file, start = 0, messageText }) => {
      const place = file && `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}`;
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
