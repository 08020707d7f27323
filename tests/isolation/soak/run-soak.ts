import { soak } from './soak.ts'

const [operations = '500000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
console.log(`50 workspaces, a pool of 8, ${operations} operations, seed ${seed}`)
const report = await soak({
  workspaces: 50,
  operations: Number(operations),
  maxEngines: 8,
  callers: 24,
  seed: Number(seed),
  onProgress: (line) => console.log(line),
})
const kinds = [...report.counts].sort(([one], [other]) => one.localeCompare(other))
for (const [kind, count] of kinds) console.log(`  ${kind.padEnd(28)} ${count}`)
console.log(`operations      ${report.operations}`)
console.log(`closed engines  ${report.evictions}`)
console.log(`refusals        ${report.refusals}`)
console.log(`busy (503)      ${report.busy}`)
console.log(`users reloaded  ${report.reloads}`)
console.log(`swept           ${report.sweep.cold} cold, ${report.sweep.warm} warm`)
console.log(`most memory     ${report.maxMegabytes} MB`)
console.log(`faults          ${report.faults.length}`)
for (const fault of report.faults) console.log(`FAULT ${fault}`)
process.exitCode = report.faults.length === 0 ? 0 : 1
