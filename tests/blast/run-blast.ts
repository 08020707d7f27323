import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ATTACK_KINDS } from './attack-kinds.ts'
import { type BlastLine, blast } from './blast.ts'
import { tableHead, tableLine } from './blast-table.ts'

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    cli: {
      type: 'string',
      default: fileURLToPath(new URL('../../dist/bin/tenantrag.js', import.meta.url)),
    },
    seconds: { type: 'string', default: '10' },
    list: { type: 'boolean', default: false },
  },
})
const chosen = ATTACK_KINDS.flatMap(({ kind, attacks }) =>
  attacks
    .filter(({ name }) => wanted.length === 0 || wanted.includes(kind) || wanted.includes(name))
    .map((attack) => ({ kind, attack })),
)
if (values.list) {
  for (const { kind, attack } of chosen) console.log(`${kind.padEnd(14)} ${attack.name}`)
} else {
  console.log(`${chosen.length} attacks of ${values.seconds} seconds on ${values.cli}`)
  console.log(tableHead())
  const lines: BlastLine[] = []
  for (const { kind, attack } of chosen) {
    const line = await blast({ cli: values.cli, seconds: Number(values.seconds) }, kind, attack)
    lines.push(line)
    console.log(tableLine(line))
  }
  const broken = lines.filter(({ faults }) => faults.length > 0)
  for (const { attack, faults } of broken) console.log(`FAULT ${attack.name}: ${faults.join(', ')}`)
  console.log(`${lines.length - broken.length} of ${lines.length} attacks held`)
  process.exitCode = broken.length === 0 && lines.length > 0 ? 0 : 1
}
