import { MODES } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { ModalDialog } from '../../ui/modal-dialog.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { type AskSettings, LINES, NUMBERS, PRESETS, type Preset, presetOf } from './ask-settings.ts'

interface AskSettingsPanelProps {
  readonly isOpen: boolean
  readonly settings: AskSettings
  readonly onChange: (settings: AskSettings) => void
  readonly onClose: () => void
}

const RERANK = ['usual', 'on', 'off'] as const

/** How questions are asked: a preset, or each setting by itself. */
export function AskSettingsPanel({ isOpen, settings, onChange, onClose }: AskSettingsPanelProps) {
  const { t } = useTexts()
  const preset = presetOf(settings)
  const set = (name: keyof AskSettings, value: AskSettings[keyof AskSettings]) => {
    const { [name]: _, ...rest } = settings
    onChange({ mode: settings.mode, ...rest, ...(value === undefined ? {} : { [name]: value }) })
  }
  const rerank = settings.enable_rerank
  return (
    <ModalDialog title={t('ask.settings')} isOpen={isOpen} onClose={onClose} isWide>
      <fieldset className="presets">
        <legend className="small soft">{t('ask.preset')}</legend>
        {(Object.keys(PRESETS) as Preset[]).map((name) => (
          <button
            key={name}
            type="button"
            className="preset"
            aria-pressed={preset === name}
            onClick={() => onChange(PRESETS[name])}
          >
            <strong>{t(`ask.preset.${name}`)}</strong>
            <span className="small soft">{t(`ask.preset.${name}.hint`)}</span>
          </button>
        ))}
      </fieldset>
      <details>
        <summary>{t('ask.allSettings')}</summary>
        <div className="settings-grid">
          <Choice
            label={t('ask.mode')}
            showLabel
            value={settings.mode}
            options={MODES.map((mode) => ({ value: mode, text: t(`ask.mode.${mode}`) }))}
            onChange={(mode) => set('mode', mode)}
          />
          <Choice
            label={t('ask.rerank')}
            showLabel
            value={rerank === undefined ? 'usual' : rerank ? 'on' : 'off'}
            options={RERANK.map((one) => ({ value: one, text: t(`ask.rerank.${one}`) }))}
            onChange={(one) => set('enable_rerank', one === 'usual' ? undefined : one === 'on')}
          />
          {(Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).map((name) => (
            <TextInput
              key={name}
              label={t(`ask.set.${name}`)}
              type="number"
              value={settings[name] === undefined ? '' : String(settings[name])}
              onChange={(text) => {
                const value = Number(text)
                const isGood = Number.isInteger(value) && value >= 1 && value <= NUMBERS[name]
                set(name, text !== '' && isGood ? value : undefined)
              }}
            />
          ))}
          {LINES.map((name) => (
            <TextInput
              key={name}
              label={t(`ask.set.${name}`)}
              value={settings[name] ?? ''}
              maxLength={500}
              onChange={(text) => set(name, text === '' ? undefined : text)}
            />
          ))}
        </div>
      </details>
      <div className="dialog-actions">
        <ActionButton onPress={() => onChange(PRESETS.balanced)}>{t('ask.reset')}</ActionButton>
        <ActionButton look="primary" onPress={onClose}>
          {t('app.close')}
        </ActionButton>
      </div>
    </ModalDialog>
  )
}
