import { chaos } from './chaos.ts'

const [documents = '2000', workspaces = '20', seed = String(Date.now() % 1_000_000)] =
  process.argv.slice(2)
console.log(`${documents} documents, ${workspaces} workspaces, seed ${seed}`)
const report = await chaos({
  documents: Number(documents),
  workspaces: Number(workspaces),
  seed: Number(seed),
  timeoutSeconds: 3,
  retrySeconds: 1,
  faults: 0.03,
  outageEvery: 400,
  outageMs: 3_000,
  onProgress: (line) => console.log(line),
})
for (const [fate, ends] of report.ends) {
  const told = [...ends].map(([end, count]) => `${count} ${end}`).join(', ')
  console.log(`  ${fate.padEnd(14)} ${told}`)
}
console.log(`deleted                ${report.deleted}`)
console.log(`calls of the models    ${report.calls}, ${report.outages} outages`)
console.log(
  `most paid for          ${report.mostPaidPrompt} a prompt, ${report.mostPaidText} a text`,
)
console.log(`most tried in vain     ${report.mostTriedPrompt} calls a prompt`)
console.log(`put off and tried      ${report.laterAttempts} attempts`)
console.log(`faults                 ${report.faults.length}`)
for (const fault of report.faults) console.log(`FAULT ${fault}`)
process.exitCode = report.faults.length === 0 ? 0 : 1
