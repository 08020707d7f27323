import { type Mutation, testsOf } from './mutation.ts'

const pool = testsOf('tests/threads/thread-pool.test.ts')
const lone = testsOf('tests/threads/lone-process.test.ts')
const threads = testsOf('tests/texts/text-threads.test.ts')
const neighbours = testsOf('tests/texts/neighbours.test.ts')

/** What keeps the work on a text from others in its process. */
export const THREAD_PROTECTIONS: readonly Mutation[] = [
  {
    name: 'the processor that a thread spends is not counted',
    edits: [
      {
        file: 'src/threads/thread-job.ts',
        find: "> this.#maxCpuMs) return 'cpu'",
        replace: "> Number.POSITIVE_INFINITY) return 'cpu'",
      },
    ],
    tests: [
      pool('ends what spends more of the processor than it may, and the next has a new thread'),
    ],
  },
  {
    name: 'nobody looks at what threads take of memory',
    edits: [
      {
        file: 'src/threads/thread-pool.ts',
        find: '    this.#lookAtMemory()\n',
        replace: '',
      },
    ],
    // The process of the tests ends by it, and reports none of them.
    tests: ['tests/threads/thread-pool.test.ts'],
  },
  {
    name: 'the longest at work is blamed for all memory',
    edits: [
      {
        file: 'src/threads/thread-pool.ts',
        find: 'longest?.end(SUSPECT)',
        replace: "longest?.end(new ThreadOver('memory'))",
      },
    ],
    tests: [
      pool('asks anew who was at work while another took the memory, and refuses that one'),
      pool('refuses nobody for memory that comes back when another ends'),
    ],
  },
  {
    name: 'who may have taken the memory is asked again without bounds',
    edits: [
      {
        file: 'src/threads/lone-host.ts',
        find: '    { maxBytes },',
        replace: '    { maxBytes: Number.POSITIVE_INFINITY },',
      },
    ],
    tests: [lone('is refused when it takes all memory as %s')],
  },
  {
    name: 'a process that is asked one question outlives the one that asks',
    edits: [
      {
        file: 'src/threads/lone-host.ts',
        find: "process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))\n",
        replace: "process.on('disconnect', () => undefined)\n",
      },
    ],
    tests: [lone('ends with the process that asked it')],
  },
  {
    name: 'texts have their turns as they come',
    edits: [
      {
        file: 'src/texts/text-threads.ts',
        find: "this.#turns.run(workspace, 'extract'",
        replace: "this.#turns.run('all', 'extract'",
      },
    ],
    tests: [threads('go to workspaces by turns, whoever has asked first and most')],
  },
  {
    name: 'a workspace may hold all threads for texts',
    edits: [
      {
        file: 'src/texts/text-threads.ts',
        find: 'perWorkspace: THREADS - 1',
        replace: 'perWorkspace: THREADS',
      },
    ],
    tests: [threads('are never all held by one workspace')],
  },
  {
    name: 'a long text is worked on in the thread of all',
    edits: [
      {
        file: 'src/engine/ports/text-cutter.ts',
        find: 'text.length >= APART_FROM || deaths > 0',
        replace: 'deaths > 0',
      },
    ],
    tests: [
      neighbours('fails with a reason when that is to %s, and others are processed meanwhile'),
    ],
  },
  {
    name: 'a text that has ended a process is worked on in the thread of all',
    edits: [
      {
        file: 'src/engine/ports/text-cutter.ts',
        find: 'text.length >= APART_FROM || deaths > 0',
        replace: 'text.length >= APART_FROM',
      },
    ],
    tests: [neighbours('is worked on apart, however short it is')],
  },
]
