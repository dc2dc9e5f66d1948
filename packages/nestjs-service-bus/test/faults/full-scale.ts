// Set-up file of the full campaign: see jest.config.js in this folder.
process.env['FAULTS'] = 'full';
