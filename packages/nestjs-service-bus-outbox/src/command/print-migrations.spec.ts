import { describe, expect, it } from '@jest/globals';

import { CommandLineError, printMigrations, USAGE } from './print-migrations.js';

describe('the command', () => {
  it('prints the migrations for the names that it is given', () => {
    const script = printMigrations(['--schema', 'messaging', '--prefix', 'bus_']);
    expect(script).toMatch(/^BEGIN;/);
    expect(script).toContain('CREATE SCHEMA IF NOT EXISTS "messaging"');
    expect(script).toContain('CREATE TABLE IF NOT EXISTS "messaging"."bus_outbox"');
    expect(script).not.toContain('service_bus_');
    expect(script).toMatch(/COMMIT;\s*$/);
  });

  it('leaves out what has been applied', () => {
    expect(printMigrations(['--after', '999'])).not.toContain('bus_outbox"');
  });

  it('tells what it can do', () => {
    expect(printMigrations(['--help'])).toBe(USAGE);
  });

  it.each([
    ['--after', 'yesterday'],
    ['--prefix', 'Bus'],
    ['--schema', ''],
    ['--tables', 'x'],
    ['migrations.sql'],
  ])('refuses %p', (...args) => {
    expect(() => printMigrations(args)).toThrow(CommandLineError);
  });
});
