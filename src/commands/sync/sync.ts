import { Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { bringFolder, GONE_POLICIES, type GonePolicy } from './bring-folder.ts'
import { SyncClient } from './sync-client.ts'
import { watchFolder } from './watch-folder.ts'

interface SyncOptions {
  readonly url: string
  readonly workspace?: string
  readonly name?: string
  readonly gone: GonePolicy
  readonly watch?: number
  readonly dryRun: boolean
}

const LONGEST_WATCH = 86_400

/** `tenantrag sync FOLDER`: brings the files of a folder to a server, as any client could. */
export const syncCommand = (context: CommandContext) =>
  new Command('sync')
    .description(
      'bring the files of a folder to a server: what is new, what has changed, what is gone',
    )
    .argument('<folder>', 'with all folders in it, but for hidden ones and links')
    .option('--url <url>', 'where the server is', 'http://localhost:9621')
    .option('--workspace <name>', 'one of those that the key may choose')
    .option('--name <name>', 'under which the server remembers the folder', undefined)
    .option(
      '--gone <policy>',
      'what happens with documents of files that are gone: keep, disable or delete',
      policyIn,
      'keep',
    )
    .option('--watch <seconds>', 'look again and again, so many seconds apart', secondsIn)
    .option('--dry-run', 'tell what would be done, and do nothing', false)
    .addHelpText('after', '\nThe key is read from TENANTRAG_API_KEY.')
    .action(async (folder: string, options: SyncOptions) => {
      const { url, workspace, name, gone, watch, dryRun } = options
      const client = new SyncClient({ url, workspace, key: context.env().TENANTRAG_API_KEY })
      const run = () => bringFolder(client, { folder, name, gone, dryRun, print: context.print })
      if (watch === undefined) context.setExitCode((await run()) ? 0 : 1)
      else await watchFolder(run, watch, context.print)
    })

function policyIn(value: string): GonePolicy {
  const policy = GONE_POLICIES.find((one) => one === value)
  if (policy) return policy
  throw new InvalidArgumentError(`Choose one of ${GONE_POLICIES.join(', ')}.`)
}

function secondsIn(value: string): number {
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : 0
  if (seconds >= 1 && seconds <= LONGEST_WATCH) return seconds
  throw new InvalidArgumentError(`Give whole seconds from 1 to ${LONGEST_WATCH}.`)
}
