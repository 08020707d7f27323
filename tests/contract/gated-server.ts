import { join } from 'node:path'
import Fastify from 'fastify'
import { LightRag } from '../../src/engine/light-rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { registerRoutes } from '../../src/routes/register-routes.ts'
import { NO_PAGES } from '../../src/server/engines/web-pages-of.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { OLLAMA, SERVER_INFO } from '../routes/fake-server.ts'
import type { TestServer } from '../routes/rest-client.ts'
import { tempFolder } from '../server/temp-folder.ts'

export interface GatedServer extends TestServer {
  /** From now on no document is finished, until `open`. */
  shut(): void
  open(): void
}

/** The handlers on a real engine whose processing can be held up. */
export async function startGatedServer(): Promise<GatedServer> {
  const folder = await tempFolder()
  const offline = offlineModels(tokenCount)
  let open = () => {}
  let gate = Promise.resolve()
  const { extractor, embedding } = offline
  const models = {
    ...offline,
    extractor: {
      id: extractor.id,
      extract: async (...input: Parameters<typeof extractor.extract>) => {
        const signal = input[1].signal
        signal?.throwIfAborted()
        const cut = new Promise<never>((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
        )
        await Promise.race([gate, cut])
        return extractor.extract(...input)
      },
    },
  }
  const store = await openSqliteStore({ dir: join(folder.path, 'store'), embedding })
  const rag = await LightRag.open({ store, models, files: filesIn(join(folder.path, 'inputs')) })
  const app = Fastify(httpServerOptions)
  await app.register(httpConventions)
  const health = { info: SERVER_INFO, details: () => true }
  const events = {
    async *open() {
      yield { id: '0-0', event: 'hello', data: {} }
    },
  }
  await registerRoutes(app, { pages: NO_PAGES, rag, events, health, ollama: OLLAMA })
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    baseUrl,
    headers: {},
    shut: () => {
      gate = new Promise((resolve) => {
        open = resolve
      })
    },
    open: () => open(),
    close: async () => {
      open()
      await app.close()
      await rag.close()
      await folder.remove()
    },
  }
}
