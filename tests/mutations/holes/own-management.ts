import { type HoleMutation, testsOf } from '../mutation.ts'

const given = testsOf('tests/control/members/given-rights.test.ts')
const access = testsOf('tests/control/access.test.ts')

const COUNTS_NO_MORE = given('of %s counts no more, and is shown as withdrawn')
const KEYS_GIVE_NOTHING = {
  file: 'tests/control/keys-give-nothing.test.ts',
  title: 'no route gives anybody an account, a membership, an invitation or a key for a key',
}

const storage = testsOf('tests/control/storage.test.ts')
const ONE_NUMBER = storage(
  'is one number, wherever it is told, and the size of its files in every state',
)

const privacy = testsOf('tests/server/private-files.test.ts')
const own = testsOf('tests/server/own-database.test.ts')
const scan = testsOf('tests/engine/scan/scan.test.ts')
const names = testsOf('tests/control/names.test.ts')

/** C-1 to C-8. */
export const OWN_MANAGEMENT: readonly HoleMutation[] = [
  {
    hole: 'C-1',
    name: 'the right of who sent an invitation is not looked at when it is accepted',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: '    if (!(await this.#options.inviters.mayStillGrant(tx, row))) throw gone()\n',
        replace: '    void [tx, row]\n',
      },
    ],
    test: COUNTS_NO_MORE,
  },
  {
    hole: 'C-1',
    name: 'an invitation that counts no more is listed as if it did',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: ": this.#info({ ...row, status: 'withdrawn' }),",
        replace: ': this.#info(row),',
      },
    ],
    test: COUNTS_NO_MORE,
  },
  {
    hole: 'C-1',
    name: 'what a removed member sent stays',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '      await this.#options.inviters.withdrawLapsed(mutation, actor, tenant_id, user_id)\n',
        replace: '',
      },
    ],
    test: COUNTS_NO_MORE,
  },
  {
    hole: 'C-1',
    name: 'what an owner sent stays when the tenant is handed over',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '        await inviters.withdrawLapsed(mutation, actor, tenant.tenant_id, actor.userId)\n',
        replace: '        void inviters\n',
      },
    ],
    test: COUNTS_NO_MORE,
  },
  {
    hole: 'C-1',
    name: 'what a disabled user sent stays',
    edits: [
      {
        file: 'src/control/accounts/users.ts',
        find: '      if (disabled) await withdrawAllOf(mutation, actor, user_id)\n',
        replace: '      void [user_id, mutation, withdrawAllOf]\n',
      },
    ],
    test: COUNTS_NO_MORE,
  },
  {
    hole: 'C-1',
    name: 'what somebody sent waits until they may grant it again',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '      await this.#options.inviters.withdrawLapsed(mutation, actor, tenant_id, member.user_id)\n',
        replace: '',
      },
    ],
    test: given('does not come back with the right of who sent it'),
  },
  {
    hole: 'C-2',
    name: 'a key does all but make owners',
    edits: [
      {
        file: 'src/control/members/grant-role.ts',
        find: '  if (actor.key !== undefined) {',
        replace: "  if (actor.key !== undefined && role === 'owner') {",
      },
    ],
    test: KEYS_GIVE_NOTHING,
  },
  {
    hole: 'C-2',
    name: 'a key prolongs keys',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: '      assertMayGrant(actor, access, roleIn(key.role))\n      const { name, rate',
        replace: '      const { name, rate',
      },
    ],
    test: KEYS_GIVE_NOTHING,
  },
  {
    hole: 'C-3',
    name: 'a stream stays open for who was an operator',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: '      if (!(await this.#isOperator(isUserId(userId) ? userId : idOfFileUser(userId)))) return false\n',
        replace: '      void [isUserId, idOfFileUser]\n',
      },
    ],
    test: access('ends the streams of an operator who acts for a tenant, once they are none'),
  },
  {
    hole: 'C-3',
    name: 'a stream stays open for who has a lower role',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: ' && !isAbove(role, held.role)',
        replace: ' && isAbove(role, held.role) !== undefined',
      },
    ],
    test: access('ends the streams of whose role has become less'),
  },
  {
    hole: 'C-3',
    name: 'nobody looks at open streams when the users file changes',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: "    if (event.type === 'loaded') recheckStreams()\n",
        replace: '    void recheckStreams\n',
      },
    ],
    test: {
      file: 'tests/server/users-streams.test.ts',
      title:
        'ends the open streams of who was taken out of the users file, or moved, and of nobody else',
    },
  },
  {
    hole: 'C-4',
    name: 'what waits in the inputs does not count',
    edits: [
      {
        file: 'src/workspaces/folder/workspace-storage.ts',
        find: '    const bytes = storedBytes + (await this.#inputBytes(workspace))\n',
        replace: '    const bytes = storedBytes\n',
      },
    ],
    test: ONE_NUMBER,
  },
  {
    hole: 'C-4',
    name: 'the list of workspaces counts in another way',
    edits: [
      {
        file: 'src/commands/workspace/workspace-list.ts',
        find: 'const bytes = await registry.bytes(name)',
        replace: 'const bytes = (await registry.look(name)).storedBytes',
      },
    ],
    test: ONE_NUMBER,
  },
  {
    hole: 'C-4',
    name: 'nothing is reserved for what a text will make',
    edits: [
      {
        file: 'src/control/quotas/quota-ledger.ts',
        find: '    return files + growth.database - free + growth.log\n',
        replace: '    return files + text\n',
      },
    ],
    test: storage('never comes to more than the bound, and what is deleted makes room again'),
  },
  {
    hole: 'C-5',
    name: 'files are made as the shell says',
    edits: [{ file: 'src/cli.ts', find: 'process.umask(0o077)\n', replace: '\n' }],
    test: privacy('are for its account alone, whatever is done with it'),
  },
  {
    hole: 'C-5',
    name: 'what was open to others stays so',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: '          await makeStoragePrivate(config, app.log)\n',
        replace: '          void makeStoragePrivate\n',
      },
    ],
    test: privacy(
      'are made private at the next start when they were not, but for what links lead to',
    ),
  },
  {
    hole: 'C-6',
    name: 'a workspace is looked for behind a link',
    edits: [
      {
        file: 'src/workspaces/folder/plain-folder.ts',
        find: '    if (!stats?.isSymbolicLink()) continue\n',
        replace: '    if (stats !== null) continue\n',
      },
    ],
    test: own('that is a link is refused, %s'),
  },
  {
    hole: 'C-6',
    name: 'a file is read under its second name',
    edits: [
      {
        file: 'src/workspaces/folder/input-folder.ts',
        find: 'stats.nlink > 1',
        replace: 'stats.nlink > 999',
      },
    ],
    test: scan('takes in no file that has another name elsewhere'),
  },
  {
    hole: 'C-6',
    name: 'the inputs are looked for behind a link',
    edits: [
      {
        file: 'src/workspaces/folder/input-folder.ts',
        find: '?.isSymbolicLink()) {',
        replace: '?.isSocket()) {',
      },
    ],
    test: scan('reads no folder that is a link'),
  },
  {
    hole: 'C-7',
    name: 'whatever database lies in a folder is served',
    edits: [
      {
        file: 'src/stores/sqlite/database/stored-name.ts',
        find: 'else if (!isSameName(own, name)) throw foreignDatabase(own, name)',
        replace: 'else if (isSameName(own, name)) void foreignDatabase',
      },
    ],
    test: own(
      'whose database was swapped with another’s is served to neither, until it is put right',
    ),
  },
  {
    hole: 'C-7',
    name: 'a copy takes the place of what it is a copy of',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: '      name: workspace,\n',
        replace: '',
      },
    ],
    test: own('that was copied by hand is served once somebody says that it is meant'),
  },
  {
    hole: 'C-8',
    name: 'a tenant has a name that is read from right to left',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'const kept = keptName(name)',
        replace: 'const kept = name === keptName(name) ? name : name.trim()',
      },
    ],
    test: names('a tenant and a knowledge base are called by one form of their names'),
  },
  {
    hole: 'C-8',
    name: 'a user name has something in it that nobody sees',
    edits: [
      {
        file: 'src/control/accounts/users.ts',
        find: '\\p{Default_Ignorable_Code_Point}',
        replace: '',
      },
    ],
    test: names('a user has no name in which something hides, and the name of another in no form'),
  },
  {
    hole: 'C-8',
    name: 'a file has a name that is not what it looks like',
    edits: [
      {
        file: 'src/engine/text/kept-name.ts',
        find: "visibleName(cleanText(text).replace(BREAKS, ' '))",
        replace: "(visibleName(''), cleanText(text).replace(BREAKS, ' '))",
      },
    ],
    test: testsOf('tests/engine/documents/file-name.test.ts')(
      'shows nothing of a name that turns it round or cannot be seen',
    ),
  },
]
