import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { expect } from 'vitest'
import { needing } from '../needing.ts'
import { startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

/** More than Node lets wait of itself. */
const CROWD = 1000

// What the system allows at most.
const allowed = Number(await readFile('/proc/sys/net/core/somaxconn', 'utf8').catch(() => '0'))
const test = needing(`a queue of ${CROWD} connections`, allowed > CROWD)

test('a crowd at the door while the event loop stands still leaves room for whoever comes next', async () => {
  const folder = await tempFolder()
  const server = await startRealProcess(folder.path)
  const { port } = new URL(server.url)
  const sockets: Socket[] = []
  try {
    server.child.kill('SIGSTOP')
    for (let i = 0; i < CROWD; i++) {
      const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: '127.0.0.3' })
      sockets.push(socket.on('error', () => undefined))
      await once(socket, 'connect')
    }
    server.child.kill('SIGCONT')
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  } finally {
    for (const socket of sockets) socket.destroy()
    await server.kill()
    await folder.remove()
  }
})
