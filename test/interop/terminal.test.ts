import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { exampleKeys } from '../support/run.ts'

const program = join(process.cwd(), 'bin/sigv4.js')
const tmuxIsMissing = spawnSync('tmux', ['-V']).status !== 0
if (tmuxIsMissing) console.error('\n*** tmux not installed: TERMINALS ARE NOT TESTED ***\n')

interface Terminal {
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

/** What a command line writes into a terminal: the bytes, and its exit code. */
async function bytesInTerminal(
  words: readonly string[],
  { columns = 80, env = {} }: Terminal,
): Promise<{ readonly bytes: string; readonly status: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-terminal-'))
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-S', join(folder, 'socket'), '-f', '/dev/null', ...args])
  try {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const line = `while [ ! -e go ]; do sleep 0.02; done; '${process.execPath}' '${program}' ${quoted}; echo $? > status.part; mv status.part status; sleep 60`
    writeFileSync(join(folder, 'line.sh'), line)
    const variables = { ...exampleKeys, HOME: folder, PATH: process.env.PATH ?? '', TERM: 'screen-256color', ...env }
    tmux(
      ...['new-session', '-d', '-x', String(columns), '-y', '40', '-c', folder, 'env', '-i'],
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...['sh', join(folder, 'line.sh')],
    )
    tmux('pipe-pane', '-o', `cat > ${join(folder, 'bytes')}`)
    writeFileSync(join(folder, 'go'), '')
    for (let waited = 0; !existsSync(join(folder, 'status')); waited += 25) {
      assert.ok(waited < 20_000, 'the command does not end')
      await sleep(25)
    }
    await sleep(100)
    return {
      bytes: readFileSync(join(folder, 'bytes'), 'utf8').replaceAll('\r\n', '\n'),
      status: Number(readFileSync(join(folder, 'status'), 'utf8')),
    }
  } finally {
    tmux('kill-server')
    rmSync(folder, { recursive: true, force: true })
  }
}

const explained = ['sign', '--explain', 'https://sts.us-east-1.amazonaws.com/']

test('a terminal gets colours', { skip: tmuxIsMissing }, async () => {
  const { bytes, status } = await bytesInTerminal(explained, {})
  assert.equal(status, 0)
  assert.match(bytes, /\x1b\[/)
})

const plainTerminals: readonly { readonly name: string; readonly env: Readonly<Record<string, string>> }[] = [
  { name: 'NO_COLOR', env: { NO_COLOR: '1' } },
  { name: 'TERM=dumb', env: { TERM: 'dumb' } },
]

for (const { name, env } of plainTerminals) {
  test(`with ${name} a terminal gets no escape sequence`, { skip: tmuxIsMissing }, async () => {
    const { bytes, status } = await bytesInTerminal(explained, { env })
    assert.equal(status, 0)
    assert.match(bytes, /AWS4-HMAC-SHA256/)
    assert.doesNotMatch(bytes, /\x1b/)
  })
}

test('help fits a terminal of 20 columns, and of 1', { skip: tmuxIsMissing }, async () => {
  for (const columns of [20, 1]) {
    const { bytes, status } = await bytesInTerminal(['sign', '--help'], { columns })
    assert.equal(status, 0)
    assert.match(bytes, /--presign/)
    assert.doesNotMatch(bytes, /internal error/)
  }
})
