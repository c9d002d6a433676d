// npm run bench [-- NAME ...] [--rounds N] [--json FILE] [--write]: runs the benchmarks (all, or those whose names are given),
// prints one table, and with --write keeps it in bench/RESULTS.md.
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatResult, root, withFigures } from './harness.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, json: { type: 'string' }, write: { type: 'boolean' } },
})
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.slice(0, -'.bench.mjs'.length))
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${names.join(', ')}`)
  process.exit(2)
}
const settings = values.rounds === undefined ? {} : { rounds: Number(values.rounds) }

const loadAtStart = Number(loadavg()[0].toFixed(1))
const results = []
for (const name of positionals.length > 0 ? positionals : names) {
  const benchmark = await import(`./${name}.bench.mjs`)
  const measured = [await benchmark.run(settings)].flat()
  for (const result of measured.map(withFigures)) {
    results.push({ name, ...result })
    console.log(`${formatResult(result)}\n`)
  }
}

const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${release()}`,
  loadAtStart,
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
if (values.write) {
  const about = `${machine.date}, Node ${machine.node}, ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.system}, load average ${machine.loadAtStart} before the first run`
  writeFileSync(
    join(root, 'bench', 'RESULTS.md'),
    `# Results of \`npm run bench\`\n\n${about}. Medians of paired runs; the ratios are medians of the ratios of runs side by side.\n\n${results.map(formatResult).join('\n\n')}\n`,
  )
}
