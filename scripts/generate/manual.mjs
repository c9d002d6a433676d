import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { roffProse, roffSections, roffTerm, roffText } from './roff.mjs'

/**
 * The manual: a page for the program and one a command, from the command tree and the text in `pages/`.
 * @returns {[path: string, text: string][]}
 */
export function manualPages(commands, { root, version }) {
  const names = commands.map(({ name }) => pageName(name))
  return commands.map((command) => {
    const own = sectionsOf(root, command.name || 'sigv4')
    const shared = usesCredentials(command) ? sectionsOf(root, 'shared') : new Map()
    const others = names.filter((name) => name !== pageName(command.name))
    const sections = new Map([
      ['NAME', `${roffText(pageName(command.name))} \\- ${roffProse(lowerFirst(command.summary).replace(/\.$/, ''))}`],
      ['SYNOPSIS', synopsis(command)],
      ['DESCRIPTION', own.get('DESCRIPTION')],
      ...(command.name === '' ? [['COMMANDS', commandList(commands)]] : []),
      ...optionGroups(command),
      // A page's own text stands in the place of the shared one of the same heading.
      ...[...own].filter(([heading]) => heading !== 'DESCRIPTION' && !shared.has(heading)),
      ...[...shared].map(([heading, text]) => [heading, own.get(heading) ?? text]),
      ['SEE ALSO', others.map((name) => `.BR ${roffText(name)} (1)`).join(',\n')],
    ])
    return [`man/${pageName(command.name)}.1`, page(pageName(command.name), sections, version)]
  })
}

function page(name, sections, version) {
  const title = `.TH ${roffText(name).toUpperCase()} 1 "" "sigv4 ${version}" "sigv4"`
  const lines = [...sections].map(
    ([heading, text]) => `.SH ${heading.includes(' ') ? `"${heading}"` : heading}\n${text}`,
  )
  return [
    '.\\" Generated from the command tree by scripts/generate.mjs: do not edit.',
    title,
    '.nh',
    ...lines,
    '',
  ].join('\n')
}

function sectionsOf(root, name) {
  return roffSections(readFileSync(join(root, 'scripts/generate/pages', `${name}.md`), 'utf8'))
}

function synopsis({ name, usage }) {
  return `.B ${roffText(`sigv4 ${name}`.trim())}\n${roffText(
    usage
      .replace(/^sigv4 ?/, '')
      .replace(name, '')
      .trim(),
  )}`
}

function commandList(commands) {
  const rows = commands
    .filter(({ name }) => name)
    .map(({ name, summary }) => {
      return roffTerm(`.BR ${roffText(pageName(name))} (1)`, roffProse(summary))
    })
  return rows.join('\n')
}

function* optionGroups({ operands, options, name }) {
  const described = operands.filter(({ description }) => description)
  const groups = new Map()
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option])
  for (const [group, members] of groups) {
    const heading = group.replace(/:$/, '').toUpperCase()
    const first = groups.keys().next().value === group
    const terms =
      first && name !== ''
        ? described.map((operand) => roffTerm(`\\fI${roffText(operand.name)}\\fR`, roffProse(operand.description)))
        : []
    yield [heading, [...terms, ...members.map(optionTerm)].join('\n')]
  }
}

function optionTerm({ names, value, description }) {
  const bold = names.map((name) => `\\fB${roffText(name)}\\fR`).join(', ')
  const choices = value?.candidates.kind === 'words' && !description.includes(value.candidates.words.join(', '))
  const meaning =
    roffProse(description) + (choices && value.chosen ? ` (${roffText(value.candidates.words.join(', '))})` : '')
  return roffTerm(value ? `${bold} \\fI${roffText(value.name)}\\fR` : bold, meaning)
}

function usesCredentials({ options }) {
  return options.some(({ names }) => names.includes('--profile'))
}

function pageName(name) {
  return name === '' ? 'sigv4' : `sigv4-${name}`
}

function lowerFirst(text) {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
