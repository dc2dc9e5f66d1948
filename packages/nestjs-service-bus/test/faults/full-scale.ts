// Runs before each file of the whole campaign, which jest.config.js beside it is for.
process.env['FAULTS'] = 'full';
