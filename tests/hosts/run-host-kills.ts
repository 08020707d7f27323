import buildOnce from '../build-once.ts'
import { hostKills } from './host-kills.ts'

const [kills = '500', stops = '100', frontKills = '50', seed = String(Date.now() % 1_000_000)] =
  process.argv.slice(2)
const removeBuild = await buildOnce()
console.log(`${kills} kills, ${stops} stops, ${frontKills} kills of the front, seed ${seed}`)
const report = await hostKills({
  kills: Number(kills),
  stops: Number(stops),
  frontKills: Number(frontKills),
  seed: Number(seed),
  onProgress: (line) => console.log(line),
})
console.log(`acknowledged    ${report.acknowledged}`)
console.log(`answers         ${report.answers}`)
console.log(`refused (503)   ${report.refused}`)
console.log(`broken          ${report.broken}`)
console.log(`descriptors     ${report.descriptors.join(' before, ')} at the end`)
console.log(`faults          ${report.faults.length}`)
for (const fault of report.faults) console.log(`FAULT ${fault}`)
await removeBuild()
process.exitCode = report.faults.length === 0 ? 0 : 1
