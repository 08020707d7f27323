import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BODY_BYTES } from '../body/body-sizes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on routes that add to what is stored, though their bodies are small. */
    takesRoom?: boolean
  }
}

export interface RoomOptions {
  /** Rejects when so many bytes have no room on the disk. */
  readonly refuseUnlessFree: (bytes: number) => Promise<void>
}

/**
 * Refuses what would be stored while the disk has no room for it, before the body is read. Whatever
 * takes long bodies takes room; reading, asking and deleting go on.
 */
export const refuseWithoutRoom = fp(
  async (app: FastifyInstance, { refuseUnlessFree }: RoomOptions) => {
    app.addHook('preParsing', async (request) => {
      const { config, bodyLimit = 0 } = request.routeOptions
      if (config.takesRoom !== true && bodyLimit <= BODY_BYTES.chat) return
      const length = Number(request.headers['content-length'] ?? 0)
      await refuseUnlessFree(Number.isFinite(length) ? length : 0)
    })
  },
  { name: 'refuse-without-room', fastify: '5.x' },
)
