/** Fills the template of the zsh script. */
export function zshCompletion(template, commands) {
  const [program, ...others] = commands
  return template
    .replaceAll('@COMMANDS@', () => others.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n'))
    .replaceAll('@PROGRAM@', () => specifications(program).join('\n'))
    .replaceAll('@CASES@', () => others.map(commandCase).join('\n'))
}

function commandCase(command) {
  const lines = [...specifications(command), ...operandSpecification(command)]
  // The last line ends the command instead of being continued.
  const call = `${lines.join('\n').replace(/ \\$/, '')} && ret=0`
  return [`  ${command.name})`, '    _arguments -s -w -S : \\', call, '    ;;'].join('\n')
}

function specifications({ options }) {
  return options.flatMap((option) => option.names.map((name) => `    ${quote(specification(option, name))} \\`))
}

/** One option as `_arguments` reads it. */
function specification({ names, description, value, repeatable }, name) {
  const before = repeatable ? '*' : `(${names.join(' ')})`
  // The value of a short option may stand in its word, that of a long one behind a =, and both may be the next word.
  const mark = value ? (name.startsWith('--') ? '=' : '+') : ''
  return `${before}${name}${mark}[${escapeSpecification(description)}]${value ? `:${escapeSpecification(value.name)}:${action(value)}` : ''}`
}

function operandSpecification({ operand }) {
  return operand ? [`    ${quote(`*:${escapeSpecification(operand.name)}:${action(operand)}`)} \\`] : []
}

function action({ candidates }) {
  switch (candidates.kind) {
    case 'words':
      return `(${candidates.words.join(' ')})`
    case 'asked':
      return `_sigv4_asked ${candidates.question}`
    case 'file':
      return '_files'
    case 'directory':
      return '_files -/'
    case 'file-after-at':
      return '_sigv4_file_after_at'
    default:
      return ' '
  }
}

function escapeSpecification(text) {
  return text.replace(/[\\:[\]]/g, '\\$&')
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}
