import { benchAuthCost } from './auth-cost.bench.ts'
import { benchDisconnect } from './disconnect.bench.ts'
import { benchFairness } from './fairness.bench.ts'
import { benchModelCalls } from './model-calls.bench.ts'
import { benchTenancyCost } from './tenancy-cost.bench.ts'

/** Every bench prints ratios against something that it measured in the same run. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  'auth-cost': benchAuthCost,
  'model-calls': benchModelCalls,
  fairness: benchFairness,
  disconnect: benchDisconnect,
  'tenancy-cost': benchTenancyCost,
}

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (!bench) {
    console.error(`No bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}`)
    process.exit(1)
  }
  console.log(`\n# ${name}`)
  await bench()
}
