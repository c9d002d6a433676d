/** One setting of an INI file, with the line it stands on (from 1). */
export interface IniValue {
  readonly value: string
  readonly line: number
}

/** Settings by section; a nested setting (`s3 =` and below it, indented, `addressing_style = path`) is `s3.addressing_style`. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, IniValue>>

/** A section that the SDK refuses, and with it the whole file. */
export class RefusedSection extends Error {
  override readonly name = 'RefusedSection'
}

const sectionTypes: ReadonlySet<string> = new Set(['profile', 'sso-session', 'services'])
const typedSection = /^([\w-]+)\s(["'])?([\w-@+.%:/]+)\2$/

/**
 * Reads an AWS shared file exactly as the SDK's `parseIni` (`@smithy/core/config`) reads it, its oddities included: `#`
 * and `;` begin a comment after any blank, `[profile a]` is section `profile.a`, an untyped name with one blank is
 * skipped. Ours only because loading theirs costs as much as the whole program; a property test holds the two equal.
 * @throws RefusedSection for a section called `__proto__`
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, IniValue>>()
  let section: string | undefined
  let parent: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = withoutComment(line)
    if (content.startsWith('[') && content.endsWith(']')) {
      section = sectionName(content.slice(1, -1))
      parent = undefined
      continue
    }
    const equals = content.indexOf('=')
    if (!section || equals < 1) continue
    const name = content.slice(0, equals).trim()
    const value = content.slice(equals + 1).trim()
    if (value === '') {
      parent = name
      continue
    }
    if (line.trimStart() === line) parent = undefined
    const settings = sections.get(section) ?? new Map<string, IniValue>()
    sections.set(section, settings)
    settings.set(parent ? `${parent}.${name}` : name, { value, line: index + 1 })
  }
  return sections
}

function withoutComment(line: string): string {
  const start = line.search(/(?:^|\s)[;#]/)
  return (start < 0 ? line : line.slice(0, start)).trim()
}

function sectionName(text: string): string | undefined {
  if (text === '__proto__' || text === 'profile __proto__') throw new RefusedSection(`a section is called [${text}]`)
  const match = typedSection.exec(text)
  if (!match) return text
  const [, type = '', , name = ''] = match
  return sectionTypes.has(type) ? `${type}.${name}` : undefined
}
