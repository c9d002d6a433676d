import { usageError } from '../errors.ts'
import type { Header } from './header.ts'

/** RFC 9110 5.6.2 */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Reads `Name: value`; `Name:` and `Name;` are an empty value. Spaces and tabs around the value stay out of it, as on the wire.
 * @throws CliError (usage) for anything else, and for CR, LF or NUL
 */
export function parseHeaderArgument(text: string): Header {
  if (/[\r\n\0]/.test(text))
    throw usageError(
      `the header ${JSON.stringify(text)} holds a line break or NUL`,
      'give each header an option of its own',
    )
  const match = /^([^:;]+)(?:;\s*$|:(.*)$)/s.exec(text)
  if (!match) throw usageError(`the header '${text}' is not 'Name: value'`, "an empty value is written 'Name;'")
  const [, name = '', value = ''] = match
  return { name: checkedHeaderName(name.trim()), value: value.replace(/^[ \t]+|[ \t]+$/g, '') }
}

/**
 * The headers of a `-H @FILE`: one a line, empty lines skipped.
 * @throws CliError (usage) as `parseHeaderArgument`
 */
export function parseHeaderFile(text: string): readonly Header[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(parseHeaderArgument)
}

/** @throws CliError (usage) where it is no RFC 9110 token */
export function checkedHeaderName(name: string): string {
  if (!token.test(name))
    throw usageError(`'${name}' cannot be the name of a header`, "a name has letters, digits and !#$%&'*+.^_`|~-")
  return name
}

/** @throws CliError (usage) where it is no RFC 9110 token */
export function checkedMethod(method: string): string {
  if (!token.test(method))
    throw usageError(`${JSON.stringify(method)} cannot be a request method`, 'write GET, PUT or POST, for instance')
  return method
}
