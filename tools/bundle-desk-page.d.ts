/** Builds the desk's page into a folder. */
export function bundleDeskPage(folder?: string): Promise<void>;
