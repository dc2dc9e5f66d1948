/** The plug-in that `VisualStudioCodeCredential` needs cannot be used. */
export class VisualStudioCodePluginError extends Error {
  override readonly name = 'VisualStudioCodePluginError';
  /** Whether it is simply not installed. */
  readonly isMissing: boolean;

  constructor(plugin: string, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isMissing =
      cause instanceof Error &&
      'code' in cause &&
      cause.code === 'ERR_MODULE_NOT_FOUND' &&
      message.includes(plugin);
    const problem = isMissing ? 'is not installed' : `cannot be loaded (${message.replace(/\s+/g, ' ')})`;
    super(
      `VisualStudioCodeCredential needs the package ${plugin}, which ${problem}: npm install ${plugin}@2`,
      { cause },
    );
    this.isMissing = isMissing;
  }
}
