// What the benchmarks share: finding peers, running candidates in turn, medians with their spread, and the table.
//
// A benchmark is a module NAME.bench.mjs that exports `title` and `run(settings)`. `run` measures and returns
// {title, unit, better: 'less' | 'more', rows}, a row {name, kind: 'ours' | 'peer' | 'floor', samples}: sample i of every row
// was taken in round i, so that ratios compare what ran side by side.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const program = join(root, 'bin', 'sigv4.js')

/** AWS's published example keys, a region, and nothing that changes a start (NODE_EXTRA_CA_CERTS alone costs 60 ms). */
export const exampleEnvironment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
}

/** Where a program of that name is, or undefined. */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** A Python that has the module, or undefined. */
export function findPythonWith(module) {
  const python = findProgram('python3')
  if (!python) return undefined
  return spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0 ? python : undefined
}

/** Whether the built program has this command: a benchmark of one that is not there is left out. */
export function hasCommand(name) {
  const help = spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8', env: exampleEnvironment }).stdout
  return new RegExp(`^  ${name}\\b`, 'm').test(help)
}

/**
 * Runs every candidate once a round, in another order each round, and throws away the first round.
 * @param candidates {name, kind, command: [program, ...args], env?, inputFile?, exitCode?}: stdout is thrown away
 * @returns rows with wall times in milliseconds, and the most memory a process held (Linux; looked at every 50 ms)
 */
export async function timeProcesses(candidates, { rounds }) {
  const rows = candidates.map(({ name, kind }) => ({ name, kind, samples: [], peakMiB: 0 }))
  for (let round = -1; round < rounds; round++) {
    for (const index of shuffled(candidates.length)) {
      const { milliseconds, peakMiB } = await runProcess(candidates[index])
      if (round >= 0) rows[index].samples.push(milliseconds)
      rows[index].peakMiB = Math.max(rows[index].peakMiB, peakMiB)
    }
  }
  return rows
}

/** Runs one process to its end. @throws where it fails, with what it said */
export function runProcess({ name, command, env = exampleEnvironment, inputFile, exitCode = 0 }) {
  return new Promise((resolve, reject) => {
    const input = inputFile === undefined ? 'ignore' : openSync(inputFile)
    const start = performance.now()
    const child = spawn(command[0], command.slice(1), { env, stdio: [input, 'ignore', 'pipe'] })
    const errors = []
    let peakMiB = 0
    const look = setInterval(() => {
      peakMiB = Math.max(peakMiB, residentMiB(child.pid))
    }, 50)
    child.stderr.on('data', (chunk) => errors.push(chunk))
    child.on('error', reject)
    child.on('exit', (code) => {
      const milliseconds = performance.now() - start
      clearInterval(look)
      if (typeof input === 'number') closeSync(input)
      if (code === exitCode) resolve({ milliseconds, peakMiB })
      else reject(new Error(`${name} ended with ${code}: ${Buffer.concat(errors).toString().slice(0, 500)}`))
    })
  })
}

/** 0 where it cannot be known. */
function residentMiB(pid) {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kibibytes ?? 0) / 1024)
  } catch {
    return 0
  }
}

function shuffled(length) {
  const order = Array.from({ length }, (_, index) => index)
  for (let index = length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    ;[order[index], order[other]] = [order[other], order[index]]
  }
  return order
}

/** Median, and the quartiles as the spread. */
export function summarize(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (part) => {
    const place = (sorted.length - 1) * part
    const low = Math.floor(place)
    return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low)
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

/** Adds to each row its figures, and its ratio to the row that is the measure: the one named, the floor, or else ours. */
export function withFigures({ rows, comparedWith, ...result }) {
  const measure =
    rows.find((row) => row.name === comparedWith) ??
    rows.find((row) => row.kind === 'floor') ??
    rows.find((row) => row.kind === 'ours')
  return {
    ...result,
    comparedWith: measure?.name,
    rows: rows.map((row) => ({
      ...row,
      ...summarize(row.samples),
      ratio: measure && summarize(row.samples.map((sample, index) => sample / measure.samples[index])),
    })),
  }
}

/** One line a row: median, spread, ratio to the measure with its spread. */
export function formatResult({ title, unit, comparedWith, rows, note }) {
  const number = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3))
  const lines = rows.map((row) => [
    `${row.name}${row.kind === 'ours' ? '' : ` (${row.kind})`}`,
    number(row.median),
    `${number(row.low)}–${number(row.high)}`,
    row.ratio ? `${row.ratio.median.toFixed(2)}` : '',
    row.ratio ? `${row.ratio.low.toFixed(2)}–${row.ratio.high.toFixed(2)}` : '',
    row.remark ?? '',
  ])
  const head = [title, unit, 'quartiles', `× ${comparedWith}`, 'quartiles', '']
  return `${markdownTable([head, ...lines])}${note ? `\n${note}\n` : ''}`
}

function markdownTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)))
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n')
}
