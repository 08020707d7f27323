import { existsSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { singleSettings } from '../../config/caller-problems.ts'
import { type Config, ConfigError } from '../../config/config.ts'
import { DirectoryChain } from '../../control/accounts/directory-chain.ts'
import { assertTenancyNeverOn, markTenancyOn } from '../../tenancy/control-files/tenancy-mark.ts'
import type { Authenticator } from '../../tenancy/sign-in/authenticator.ts'
import { DirectoryAuthenticator } from '../../tenancy/sign-in/directory-authenticator.ts'
import { SingleAuthenticator } from '../../tenancy/sign-in/single-authenticator.ts'
import type { Tokens } from '../../tenancy/sign-in/token.ts'
import type { Directory } from '../../tenancy/users/directory.ts'
import { UsersFile, type UsersFileEvent } from '../../tenancy/users/users-file.ts'
import type { UsersVersion } from '../../tenancy/users/users-version.ts'
import { openNotice } from '../guards/open-notice.ts'

export interface ChosenAuthenticator {
  readonly authenticator: Authenticator
  /** Who can sign in, on a server with users. */
  readonly directory?: Directory
  /** The users file by itself, where there is one. */
  readonly usersFile?: Directory
  readonly close: () => void
}

/**
 * Decides who may call: the users of a file where there is one, else LightRAG's single key or
 * accounts, else everybody.
 *
 * Never falls open: once users have been served from this storage, or a file was named, a missing
 * file stops the start.
 *
 * @throws {ConfigError | TenancyError}
 */
export function chooseAuthenticator(
  config: Config,
  tokens: Tokens,
  log: FastifyBaseLogger,
  onUsersEvent: (event: UsersFileEvent) => void = () => undefined,
  control?: Directory,
  /** Of the users file, when it was read already. */
  version?: UsersVersion,
): ChosenAuthenticator {
  if (control !== undefined && !config.LIGHTRAG_MULTI_TENANT_STRICT) {
    log.warn('LIGHTRAG_MULTI_TENANT_STRICT is off: a tenant may be chosen for who names none.')
  }
  if (config.usersFileRequired || existsSync(config.usersFile)) {
    refuseSingleSettings(config)
    const users = new UsersFile({
      path: config.usersFile,
      version,
      onEvent: (event) => {
        logUsersEvent(event, log)
        onUsersEvent(event)
      },
    })
    markTenancyOn(config.WORKING_DIR)
    const directory = control === undefined ? users : new DirectoryChain(users, control)
    return {
      authenticator: new DirectoryAuthenticator(directory, tokens),
      directory,
      usersFile: users,
      close: () => users.close(),
    }
  }
  if (control !== undefined) {
    refuseSingleSettings(config)
    markTenancyOn(config.WORKING_DIR)
    const authenticator = new DirectoryAuthenticator(control, tokens)
    return { authenticator, directory: control, close: () => undefined }
  }
  assertTenancyNeverOn(config.WORKING_DIR)
  const { LIGHTRAG_API_KEY: apiKey, AUTH_ACCOUNTS: accounts, WORKSPACE: workspace } = config
  if (!apiKey && !accounts) {
    for (const line of openNotice(config)) log.warn(line)
  }
  const authenticator = new SingleAuthenticator({ workspace, apiKey, accounts, tokens })
  return { authenticator, close: () => undefined }
}

function refuseSingleSettings(config: Config): void {
  const problems = singleSettings(config)
  if (problems.length > 0) throw new ConfigError(problems)
}

function logUsersEvent(event: UsersFileEvent, log: FastifyBaseLogger): void {
  if (event.type === 'loaded') {
    log.info({ users: event.users }, 'The users file is loaded.')
  } else if (event.type === 'refused') {
    const { problems } = event
    log.error({ problems }, 'The users file is broken; the last good version stays in force.')
  } else if (event.type === 'missing') {
    log.error('The users file is gone; its last good version stays in force.')
  } else {
    const { count, usernames } = event
    log.warn({ count, usernames }, 'Passwords are stored in plain text; store hashes.')
  }
}
