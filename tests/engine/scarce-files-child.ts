/** Scans an input folder while no file, one or two can be opened, then again. Argument: where all folders lie. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { openOffline, pathsIn } from '../stores/sound-workspace.ts'

const [root = ''] = process.argv.slice(2)
const rag = await openOffline(pathsIn(root, 'scarce'))

async function scan(): Promise<string> {
  const { track_id } = await rag.scan()
  for (;;) {
    const { status, message } = await rag.scanStatus(track_id)
    if (status !== 'running') return `${status}: ${message}`
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const documents = async () => (await rag.statusCounts()).status_counts.all

const held: number[] = []
try {
  for (;;) held.push(openSync('/dev/null', 'r'))
} catch {}
for (const free of [0, 1, 2]) {
  if (free > 0) closeSync(held.pop() ?? 0)
  writeSync(1, `${free} ${await scan()}\n`)
}
for (const file of held) closeSync(file)
writeSync(1, `enough ${await scan()}, documents: ${await documents()}\n`)
await rag.idle()
await rag.close()
