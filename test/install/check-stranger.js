import { describeByCommand } from './describe-by-command.js';
import { Project } from './project.js';
import { readFailures } from './read-failures.js';
import { tryApplication } from './try-application.js';

/** An idle machine needs one or two minutes. */
const TIMEOUT_MS = 8 * 60_000;
const MAX_ADDED = 40;

/** Has one stranger install the tarballs and use what is in them; `check` counts and tells each thing that is tried. */
export async function checkStranger(stranger, folder, packed, check) {
  const project = new Project(stranger, folder, performance.now() + TIMEOUT_MS);
  if (!(await check('is made by its CLI', () => project.make()))) return;
  const tarballs = packed.map(({ tarball }) => tarball);
  let installed;
  const isInstalled = await check('installs the tarballs', async () => {
    installed = await project.install(tarballs);
  });
  if (!isInstalled) return;
  await checkInstallation(project, installed, check);
  if (!(await check('compiles with skipLibCheck: false', () => compile(project)))) return;
  for (const [how, options] of Object.entries(stranger.compilers ?? {})) {
    await check(`compiles by ${how}`, () => compileOldStyle(project, options));
  }
  for (const [how, nodeOptions] of Object.entries(stranger.starts)) {
    await check(`runs its application (${how})`, () => tryApplication(project, nodeOptions));
  }
  for (const file of ['src/app.module.ts', 'dist/app.module.js']) {
    await check(`is described by the command (${file})`, () => describeByCommand(project, file));
  }
  await check('loads one copy, whichever way', () => loadBothWays(project));
  for (const [runner, [command, ...args]] of Object.entries(stranger.tests)) {
    await check(`passes its test on the emulator, by ${runner}`, async () => {
      await project.run(command, args);
    });
    await check(`says why its tests fail, by ${runner}`, () => readFailures(project, [command, ...args]));
  }
}

async function checkInstallation(project, { added, copiesOfNest, refusedEngines }, check) {
  await check(`adds ${MAX_ADDED} packages at most`, () => {
    if (added.length > MAX_ADDED) throw new Error(`${added.length}: ${added.join(', ')}`);
    return `${added.length} (${added.map((one) => one.replace('node_modules/', '')).join(', ')})`;
  });
  await check('has one copy of @nestjs/core', () => expectOne(copiesOfNest));
  await check(`brings no package that refuses Node ${process.versions.node}`, () => {
    if (refusedEngines.length > 0) throw new Error(refusedEngines.join(', '));
  });
  await check('shares rhea with the SDK', () => {
    const copies = ['nestjs-service-bus', 'rhea-promise'].map((owner) => project.resolve(owner, 'rhea'));
    expectOne(new Set(copies).size);
  });
  await check('says what --data needs', () => refuseData(project));
}

function expectOne(count) {
  if (count !== 1) throw new Error(`there are ${count}`);
}

/** As `nest build` does it, but with a look at the declarations of all packages, and at the tests as well. */
async function compile(project) {
  await project.writeJson('tsconfig.strict.json', {
    extends: './tsconfig.json',
    compilerOptions: { rootDir: 'src', skipLibCheck: false, incremental: false },
    include: ['src'],
  });
  const tsc = project.path('node_modules/typescript/bin/tsc');
  await project.run(process.execPath, [tsc, '-p', 'tsconfig.strict.json']);
}

async function compileOldStyle(project, [typescript, ...options]) {
  const tsc = project.path('node_modules', typescript, 'bin/tsc');
  const strict = ['--strict', '--esModuleInterop', '--target', 'es2022', '--types', 'node'];
  // What else is installed need not know compilers as old as that.
  const rest = ['--skipLibCheck', '--noEmit', 'src/old-typescript.ts'];
  await project.run(process.execPath, [tsc, ...options, ...strict, ...rest]);
}

/** One class is one injection token: two copies would not know each other. */
async function loadBothWays(project) {
  const program = `
    import { createRequire } from 'node:module';
    import { ServiceBusServer } from 'nestjs-service-bus';
    const required = createRequire(import.meta.url)('nestjs-service-bus');
    if (required.ServiceBusServer !== ServiceBusServer) throw new Error('there are two');
  `;
  await project.run(process.execPath, ['--input-type=module', '--eval', program]);
}

async function refuseData(project) {
  const command = project.path('node_modules/.bin/service-bus-emulator');
  const options = ['--port', '0', '--admin-port', '0', '--data', 'messages'];
  const output = await project.run(command, options).then(
    () => 'it started',
    (error) => error.message,
  );
  if (!output.includes('npm install classic-level')) throw new Error(output);
}
