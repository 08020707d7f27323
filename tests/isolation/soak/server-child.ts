/** The server of a soak, in a process of its own: callers and server then share no event loop. */
import { loadConfig } from '../../../src/config/config.ts'
import { startServer } from '../../../src/main.ts'

const server = await startServer(loadConfig(JSON.parse(process.argv[2] ?? '{}')))
process.on('message', async (id: number) => {
  const { pool, engines } = await server.gauges()
  const { user, system } = process.cpuUsage()
  process.send?.({
    id,
    evictions: pool.closed,
    open: engines.map(({ workspace }) => workspace),
    cpuMs: (user + system) / 1000,
    megabytes: Math.round(process.memoryUsage().rss / 1024 / 1024),
    mostMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  })
})
process.on('disconnect', () => {
  server.close().then(() => process.exit())
})
process.send?.({ url: server.url })
