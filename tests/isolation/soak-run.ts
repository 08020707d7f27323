import { soak } from './soak.ts'

const [seconds = '60', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
console.log(`50 workspaces, a pool of 8, ${seconds} s, seed ${seed}`)
const report = await soak({
  workspaces: 50,
  seconds: Number(seconds),
  maxEngines: 8,
  clients: 24,
  seed: Number(seed),
})
console.log(`operations      ${report.operations}`)
console.log(`closed engines  ${report.evictions}`)
console.log(`refusals        ${report.refusals}`)
console.log(`busy (503)      ${report.busy}`)
console.log(`users reloaded  ${report.reloads}`)
console.log(`most memory     ${report.maxMegabytes} MB`)
for (const fault of report.faults) console.log(`FAULT ${fault}`)
process.exitCode = report.faults.length === 0 ? 0 : 1
