import type { EngineHost } from './engine-host.ts'
import { ChannelClosed } from './host-channel.ts'

/** What a host answers; undefined when it ends before, and once it has: its channel ends earlier. */
export async function unlessEnded<T>(host: EngineHost, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ChannelClosed)) throw error
    await host.ended
    return undefined
  }
}
