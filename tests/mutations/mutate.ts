import { ALL_MUTATIONS } from './all-mutations.ts'
import { runMutations } from './run-mutations.ts'

const wanted = process.argv.slice(2)
const chosen = ALL_MUTATIONS.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
)
let escaped = 0
await runMutations(chosen, (name, verdict) => {
  if (verdict !== 'caught') escaped += 1
  console.log(`${verdict.padEnd(15)} ${name}`)
})
console.log(`${chosen.length - escaped} of ${chosen.length} caught`)
process.exitCode = escaped === 0 ? 0 : 1
