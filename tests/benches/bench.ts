import { benchAuthCost } from './auth-cost.bench.ts'
import { benchCitations } from './citations.bench.ts'
import { benchControl } from './control.bench.ts'
import { benchCrashMatrix } from './crash-matrix.bench.ts'
import { benchDirectory } from './directory.bench.ts'
import { benchDisconnect } from './disconnect.bench.ts'
import { benchEndpoints } from './endpoints.bench.ts'
import { benchFairness } from './fairness.bench.ts'
import { benchHosts } from './hosts.bench.ts'
import { benchLightRagLike } from './lightrag-like.bench.ts'
import { benchManyWorkspaces } from './many-workspaces.bench.ts'
import { benchModelCalls } from './model-calls.bench.ts'
import { benchNeighbours } from './neighbours.bench.ts'
import { benchRecall } from './recall.bench.ts'
import { benchStore } from './store.bench.ts'
import { benchTenancyCost } from './tenancy-cost.bench.ts'
import { benchVectors } from './vectors.bench.ts'

/** Every bench prints ratios against something that it measured in the same run. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  'auth-cost': benchAuthCost,
  directory: benchDirectory,
  control: benchControl,
  'model-calls': benchModelCalls,
  fairness: benchFairness,
  neighbours: benchNeighbours,
  endpoints: benchEndpoints,
  disconnect: benchDisconnect,
  'tenancy-cost': benchTenancyCost,
  hosts: benchHosts,
  'lightrag-like': benchLightRagLike,
  store: benchStore,
  'many-workspaces': benchManyWorkspaces,
  'crash-matrix': benchCrashMatrix,
  vectors: benchVectors,
  recall: benchRecall,
  citations: benchCitations,
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
