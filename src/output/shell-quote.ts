/** A word for a POSIX shell: as it is where nothing in it is special, else in single quotes. */
export function quotePosix(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
