import { openDatabase } from 'nestjs-service-bus-outbox';

// It runs until this process ends, with its files in .postgres-data.
const { connectionString } = await openDatabase({ directory: process.env['DATABASE_DIRECTORY'] });
process.stdout.write(`export DATABASE_URL='${connectionString}'\n`);
setInterval(() => undefined, 60_000);
