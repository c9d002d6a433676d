import { candidatesLine } from './command-words.mjs'

/** Fills the template of the bash script. */
export function bashCompletion(template, commands) {
  const names = commands.map(({ name }) => name).filter(Boolean)
  return template
    .replaceAll('@COMMANDS_PATTERN@', () => names.join(' | '))
    .replaceAll('@COMMANDS@', () => names.join(' '))
    .replaceAll('@OPTIONS@', () => commands.map(optionsCase).join('\n'))
    .replaceAll('@VALUES@', () => commands.map(valuesCase).join('\n'))
    .replaceAll('@OPERANDS@', () =>
      commands
        .filter(({ operand }) => operand)
        .map(operandsCase)
        .join('\n'),
    )
}

function optionsCase({ name, options }) {
  return `  '${name}') options='${options.flatMap(({ names }) => names).join(' ')}' ;;`
}

function valuesCase({ name, options }) {
  const namesOf = new Map()
  for (const { names, value } of options.filter(({ value }) => value)) {
    const line = candidatesLine(value.candidates)
    namesOf.set(line, [...(namesOf.get(line) ?? []), ...names])
  }
  const cases = [...namesOf].map(([line, names]) => `    ${names.join(' | ')}) kind='${line}' ;;`)
  return [`  '${name}')`, '    case $2 in', ...cases, '    *) return 1 ;;', '    esac', '    ;;'].join('\n')
}

function operandsCase({ name, operand }) {
  return `  '${name}') kind='${candidatesLine(operand.candidates)}' ;;`
}
