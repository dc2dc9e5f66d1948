/** The application property in which a request names itself, and a reply repeats it. */
export const REQUEST_ID = 'request-id';
