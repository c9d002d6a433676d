/** Fills the template of the fish script. */
export function fishCompletion(template, commands) {
  const [program, ...others] = commands
  const withValue = program.options.filter(({ value }) => value).flatMap(({ names }) => names)
  return template
    .replaceAll('@OPTIONS_WITH_VALUE@', () => withValue.join(' '))
    .replaceAll('@COMMANDS@', () => others.map(({ name }) => name).join(' '))
    .replaceAll('@LINES@', () => [...programLines(program, others), ...others.flatMap(commandLines)].join('\n'))
}

function programLines({ options }, others) {
  const before = 'not __sigv4_command'
  return [
    ...others.map(({ name, summary }) => line(before, ['-a', name, '-d', quote(summary)])),
    ...options.map((option) => optionLine(before, option)),
  ]
}

function commandLines({ name, options, operand }) {
  const within = `__sigv4_uses ${name}`
  return [
    ...options.map((option) => optionLine(within, option)),
    ...(operand && operand.candidates.kind !== 'none' ? [line(within, candidateWords(operand.candidates))] : []),
  ]
}

function optionLine(condition, { names, description, value }) {
  const words = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${/^-\w$/.test(name) ? name.slice(1) : quote(name.slice(1))}`,
  )
  const values = value ? ['-r', ...candidateWords(value.candidates)] : []
  return line(condition, [...words, ...values, '-d', quote(description)])
}

function candidateWords(candidates) {
  switch (candidates.kind) {
    case 'words':
      return ['-f', '-a', quote(candidates.words.join(' '))]
    case 'asked':
      return ['-f', '-a', quote(`(__sigv4_asked ${candidates.question})`)]
    case 'file':
      return ['-F']
    case 'directory':
      return ['-f', '-a', quote('(__fish_complete_directories (commandline -ct))')]
    case 'file-after-at':
      return ['-f', '-a', quote('(__sigv4_file_after_at)')]
    default:
      return ['-f']
  }
}

function line(condition, words) {
  return ['complete', '-c', 'sigv4', '-n', quote(condition), ...words].join(' ')
}

/** A word in single quotes as fish reads them: `\\` and `\'` are escapes. */
function quote(text) {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
