// Writes roff for the man macros: what the manual pages need of it, and of Markdown.

/** Text as it is, inside a line of roff. */
export function roffText(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
}

/** A paragraph of Markdown: `code` is bold, all else as it is. */
export function roffProse(text) {
  const parts = text.split('`').map((part, index) => (index % 2 ? `\\fB${roffText(part)}\\fR` : roffText(part)))
  return parts.join('')
}

/** A term and what it means. */
export function roffTerm(term, meaning) {
  return `.TP\n${term}\n${meaning}`
}

/**
 * Markdown of paragraphs, fenced code and lists of "- term: meaning" as roff, by its `## ` headings.
 * @returns {Map<string, string>}
 */
export function roffSections(markdown) {
  const sections = new Map()
  for (const section of markdown.split(/^## /m).slice(1)) {
    const end = section.indexOf('\n')
    sections.set(
      section.slice(0, end).trim(),
      section
        .slice(end)
        .trim()
        .split(/\n{2,}/)
        .map(roffBlock)
        .join('\n'),
    )
  }
  return sections
}

function roffBlock(block) {
  if (block.startsWith('```')) {
    const lines = block.split('\n').slice(1, -1).map(roffText)
    return `.PP\n.RS 4\n.EX\n${lines.join('\n')}\n.EE\n.RE`
  }
  if (!block.startsWith('- ')) return `.PP\n${roffProse(block)}`
  return block
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(': ')
      return roffTerm(roffProse(line.slice(2, colon)), roffProse(line.slice(colon + 2)))
    })
    .join('\n')
}
