/** Blanks out comments outside of strings (Microsoft's samples have them), keeping every position. */
export function stripComments(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (match: string, literal?: string) =>
    literal === undefined ? match.replace(/[^\n]/g, ' ') : match,
  );
}
