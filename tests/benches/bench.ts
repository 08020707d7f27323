import { benchTenancyCost } from './tenancy-cost.bench.ts'

/** Every bench prints ratios against something that it measured in the same run. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
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
