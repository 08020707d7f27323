export type EntityType =
  | 'person'
  | 'organization'
  | 'location'
  | 'event'
  | 'content'
  | 'product'
  | 'concept'

const KINDS = {
  organization: `university institute institution inc ltd llc corp corporation company co gmbh ag plc
    bank club party association committee ministry department school college academy church society
    union council agency bureau commission congress senate parliament assembly court army navy police
    team band orchestra records studios pictures entertainment media press airlines airways railway
    railways group league federation confederation alliance organization organisation foundation
    trust board authority laboratory labs museum library hospital hotel hotels government
    administration corps regiment division brigade rangers united fc office enterprises industries
    systems technologies solutions partners holdings services network channel tv diocese movement
    directorate force forces guild cooperative startup`,
  location: `river lake sea ocean bay gulf creek falls waterfall mountain mountains mount hill hills
    peak valley canyon desert forest island islands peninsula cape coast beach glacier basin ridge
    city town village county province district state region territory republic kingdom empire
    canton municipality township borough parish prefecture oblast krai street road avenue lane
    square boulevard highway park garden gardens zoo airport station bridge harbour harbor port
    stadium arena tower building house castle palace cathedral temple cemetery courthouse center
    centre hall plaza mall cafe café restaurant bar warehouse depot farm ranch reservoir dam
    country countries capital africa asia europe america antarctica oceania`,
  event: `war battle siege revolution rebellion revolt uprising massacre festival olympics olympiad
    games cup championship championships tournament conference summit congress election elections
    census treaty crisis earthquake hurricane flood fire riots strike protest protests concert
    ceremony exhibition expo fair parade anniversary meeting workshop launch outage incident
    wedding party marathon race season tour prix`,
  content: `album song film movie novel book magazine newspaper journal series episode show play
    opera symphony poem act law constitution amendment bill treaty agreement report policy guide
    guidelines manual handbook declaration charter protocol standard specification paper article
    podcast soundtrack trilogy index`,
} as const satisfies Partial<Record<EntityType, string>>

/** What the last word of a name says of it; where two kinds claim a word, the first has it. */
export const LAST_WORDS: ReadonlyMap<string, EntityType> = wordTypes([
  ['organization', KINDS.organization],
  ['location', KINDS.location],
  ['event', KINDS.event],
  ['content', KINDS.content],
])

/** What the first word of a name says of it, where the last says nothing. */
export const FIRST_WORDS: ReadonlyMap<string, EntityType> = wordTypes([
  ['location', 'mount lake cape fort port san santa los las saint-denis isle gulf new north south'],
  ['organization', 'university bank ministry department institute bureau church diocese museum'],
  ['organization', 'society house board embassy consulate college school academy office'],
  ['location', 'republic kingdom city province district state island isles bay valley hotel place'],
  ['event', 'battle siege treaty'],
])

/** A word before a name, or its first, that only people bear. */
export const HONORIFICS: ReadonlySet<string> = new Set(
  `mr mrs ms miss dr prof professor sir lady lord dame king queen prince princess emperor empress
   pope bishop archbishop cardinal president chancellor senator governor mayor minister general
   captain colonel major sergeant admiral judge justice father mother sister brother
   uncle aunt herr frau monsieur madame señor señora chef coach actor actress singer author writer
   director composer painter architect engineer physicist poet`.split(/\s+/),
)

/** Verbs after a name that only people do. */
export const DEEDS: ReadonlySet<string> = new Set(
  `said says told wrote writes asked asks replied thinks thought believes believed married born died
   sang sings recorded starred studied graduated attended lived lives moved joined retired resigned
   wants wanted likes loves hopes agreed suggested proposed painted composed invented directed
   manages runs speaks met`.split(/\s+/),
)

/** Words before a name that only places follow. */
export const WHERE: ReadonlySet<string> = new Set('in near at throughout across'.split(' '))

export const FIRST_NAMES: ReadonlySet<string> = new Set(
  `john david james george robert william henry peter charles michael edward samuel alexander joseph
   hans louis paul thomas frank bob andrew ben walter sam daniel chris christopher alfred richard
   roger steve dave jim jonathan mike stephen tim mark martin antonio anton adam dan leopold billy
   matt jerry francis jean jimmy mary kate katherine catherine alice margaret donald abraham arthur
   franz sergio jeff ray albert dean ron kevin kenji josé jose juan carlos luis maria anna emma olivia
   sophia sophie julia laura sarah sara lisa linda susan karen nancy elizabeth barbara patricia
   jennifer jessica emily hannah lucy lily grace rachel rebecca michelle amanda melissa nicole
   anthony brian eric gary gregory harold howard jack jacob jason jeffrey joe jordan joshua justin
   keith kenneth kyle larry lawrence leonard luke nathan neil nicholas noah oliver oscar patrick
   philip phillip ralph raymond russell scott simon stanley terry timothy todd tony victor vincent
   wayne zachary ivan igor dmitri sergei olga natasha yuri vladimir boris pavel karel jan pieter
   johann johannes wolfgang friedrich karl heinrich otto max moritz fritz klaus jürgen günther
   giovanni giuseppe marco luca paolo pierre jacques michel françois marie claire yuriko akira hiroshi
   takashi yuki kenta wei li ming chen jing hong ahmed mohammed muhammad ali omar hassan fatima
   aisha raj priya arjun ravi anita sanjay ines nora clara eva ida ella mia lena nina tom ted fred
   alan allen amy ann anne bill bruce carl carol diana diane don donna doris dorothy douglas earl
   edith eleanor ernest eugene evelyn florence gerald gloria harry helen irene jane janet jay jeremy
   jill joan joanna judith judy julie kelly kim leon lewis liam lou lucas marilyn marion martha
   marvin matthew maurice megan morgan norman pamela paula penny percy quentin rose roy ruth shirley
   stella stuart sylvia theodore theresa ursula vera virginia warren wendy xavier zoe`.split(/\s+/),
)

/** Names of places whose form says nothing, and their usual short forms. */
export const PLACES: ReadonlySet<string> = new Set(
  `africa asia europe america antarctica australia oceania eurasia scandinavia balkans england
   scotland wales ireland britain uk us usa u.s u.s.a france germany austria switzerland italy spain
   portugal belgium netherlands holland luxembourg denmark norway sweden finland iceland poland
   czechia hungary romania bulgaria greece turkey ukraine russia belarus estonia latvia lithuania
   serbia croatia slovenia slovakia albania macedonia egypt libya tunisia algeria morocco nigeria
   ghana kenya uganda tanzania ethiopia sudan somalia zambia zimbabwe angola mozambique namibia
   botswana madagascar israel palestine jordan lebanon syria iraq iran afghanistan pakistan india
   nepal bhutan bangladesh myanmar thailand vietnam laos cambodia malaysia singapore indonesia
   philippines china taiwan japan korea mongolia kazakhstan uzbekistan kyrgyzstan canada mexico
   guatemala honduras nicaragua panama cuba jamaica haiti colombia venezuela ecuador peru bolivia
   chile argentina uruguay paraguay brazil california texas florida ohio michigan illinois
   pennsylvania massachusetts wisconsin minnesota missouri kansas nebraska oklahoma colorado utah
   nevada arizona oregon montana idaho wyoming dakota alaska hawaii maine vermont connecticut
   maryland delaware tennessee kentucky alabama mississippi louisiana arkansas carolina london
   paris berlin munich hamburg vienna zurich geneva rome milan madrid barcelona lisbon amsterdam
   brussels copenhagen oslo stockholm helsinki warsaw prague budapest athens istanbul moscow kyiv
   cairo nairobi lagos johannesburg jerusalem baghdad tehran delhi mumbai beijing shanghai shenzhen
   tokyo osaka kyoto seoul bangkok jakarta manila sydney melbourne toronto montreal vancouver
   chicago boston seattle houston dallas atlanta philadelphia detroit denver miami`.split(/\s+/),
)

function wordTypes(kinds: readonly (readonly [EntityType, string])[]): Map<string, EntityType> {
  const types = new Map<string, EntityType>()
  for (const [type, words] of kinds) {
    for (const word of words.split(/\s+/)) if (!types.has(word)) types.set(word, type)
  }
  return types
}
