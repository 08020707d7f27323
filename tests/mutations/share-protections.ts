import { type Mutation, testsOf } from './mutation.ts'

const hours = testsOf('tests/control/quotas/cpu-hours.test.ts')
const quotas = testsOf('tests/control/quotas/quota-rag.test.ts')
const meter = testsOf('tests/server/cpu-meter.test.ts')
const pipeline = testsOf('tests/engine/pipeline/pipeline.test.ts')

const REFUSED = quotas(
  'admits nothing that works once the processor of an hour is used up, and shows what was used',
)
const OWN = quotas(
  'tells what was used of the processor by day, knowledge base and place, and of no other tenant',
)

/** What keeps a tenant to its share of the processor, and charges it with nobody else's. */
export const SHARE_PROTECTIONS: readonly Mutation[] = [
  {
    name: 'a tenant goes on though its hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/cpu-hours.ts',
        find: '    if (waitMs === 0) return\n',
        replace: '    if (waitMs >= 0) return\n',
      },
    ],
    tests: [
      hours('is refused from its bound on, with how long it is until enough has left the hour'),
      REFUSED,
    ],
  },
  {
    name: 'questions are asked though the hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/quotas.ts',
        find: '    this.cpu.assertLeft(tenantKb)\n    const release',
        replace: '    const release',
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'documents are taken in though the hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/quotas.ts',
        find: '    this.cpu.assertLeft(tenantKb)\n    const refund',
        replace: '    const refund',
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'the graph is read though the hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/quota-rag.ts',
        find: "      case 'graph-read':\n        await quotas.assertCpuLeft(tenantKb)\n",
        replace: "      case 'graph-read':\n",
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'the graph is exported though the hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/quota-rag.ts',
        find: "    if (rule === 'graph-read') await quotas.assertCpuLeft(tenantKb)\n",
        replace: '',
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'documents that wait are told to go on though the hour of the processor is used up',
    edits: [
      {
        file: 'src/control/quotas/quotas.ts',
        find: 'tenantKb === undefined ? 0 : this.cpu.waitMs(tenantKb)',
        replace: 'tenantKb === undefined ? 0 : 0',
      },
    ],
    tests: [REFUSED],
  },
  {
    name: 'documents are begun though they are put off',
    edits: [
      {
        file: 'src/engine/pipeline/pipeline.ts',
        find: '    return this.#putOffMs > 0\n',
        replace: '    return false\n',
      },
    ],
    tests: [
      pipeline(
        'puts off documents that have to wait, without holding anybody up, and goes on by itself',
      ),
    ],
  },
  {
    name: 'what was taken of the processor never leaves the hour',
    edits: [
      {
        file: 'src/control/quotas/cpu-hours.ts',
        find: 'hour.minutes[(minute - i) % MINUTES] = 0',
        replace: 'hour.minutes[(minute - i) % MINUTES] ??= 0',
      },
    ],
    tests: [hours('is summed up over the last 60 minutes, and leaves them minute by minute')],
  },
  {
    name: 'a clock that goes back gives the processor back',
    edits: [
      {
        file: 'src/control/quotas/cpu-hours.ts',
        find: 'hour.minute = Math.max(hour.minute, minute)',
        replace: 'hour.minute = minute',
      },
    ],
    tests: [hours('comes back by no clock that goes back')],
  },
  {
    name: 'the workspace that works first is charged with all',
    edits: [
      {
        file: 'src/server/engines/cpu-meter.ts',
        find: "this.#add(workspace, 'loop',",
        replace: "this.#add([...this.#waiting.values()][0]?.workspace ?? workspace, 'loop',",
      },
    ],
    tests: [meter('the loop, threads and readers of a workspace are told apart, once each')],
  },
  {
    name: 'a tenant is charged for time in which the machine did something else',
    edits: [
      {
        file: 'src/server/engines/cpu-meter.ts',
        find: 'ms * this.#rate',
        replace: 'ms',
      },
    ],
    tests: [meter('time for which the loop has no processor is charged to nobody')],
  },
  {
    name: 'the use of the processor is told of all tenants',
    edits: [
      {
        file: 'src/control/quotas/cpu-usage.ts',
        find: "      .where('tenant_id', '=', tenantId)\n",
        replace: '',
      },
    ],
    tests: [OWN],
  },
  {
    name: 'hosts do not tell what is used of the processor',
    edits: [
      {
        file: 'src/server/engines/remote-services.ts',
        find: "start.hasTenants ? (shares) => front.tell('recordCpu', shares) : undefined",
        replace: 'undefined',
      },
    ],
    tests: ['tests/control/cpu-quota.test.ts'],
  },
]
