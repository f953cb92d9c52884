import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { session } from '../../staff/session'
import type { Answer, Kind, Phrase } from '../api/types'
import type { OpenChat } from './chat'
import type { Drafts } from './drafts'
import { outbox } from './outgoing'
import { usePhrases } from './phrases'
import { asked, filled, unfilled, withoutAsk } from './phrases_rules'

const TEXT_LIMIT = 2_000
const dayOf = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'long', day: 'numeric' })

/** Values of the variables in canned phrases, as far as they are known; the others are for the writer to fill. */
export function phraseValues(open: OpenChat): Record<string, string> {
  const number = open.log.value.profile?.cases?.[0]?.case_no
  return {
    专员: session.staff?.name ?? '',
    称呼: '',
    日期: dayOf.format(Date.now()),
    ...(number ? { 受理编号: number } : {}),
  }
}

/** The writing of one chat: which kind, what text, where it came from, and when it may go. */
export function useComposing(open: OpenChat, drafts: Drafts, field: Ref<HTMLTextAreaElement | undefined>) {
  const kind = ref<Kind>('reply')
  const active = computed<Kind>(() => (open.holding.value ? kind.value : 'note'))
  const text = computed({
    get: () => drafts.marks[active.value].text,
    set: (value: string) => drafts.write(active.value, value),
  })
  const left = computed(() => TEXT_LIMIT - text.value.length)
  /** The FAQ whose answer was put into the reply: its sources travel with the message. */
  const cited = ref<Answer | null>(null)
  const caret = ref(0)
  const menu = ref(false)
  const wanted = computed(() => (menu.value ? (asked(text.value, caret.value) ?? '') : ''))
  const phrases = usePhrases()
  const asking = ref(false)
  const open_variables = computed(() => unfilled(text.value))

  watch(() => drafts.marks.reply.text, (now) => {
    if (!now.trim()) cited.value = null
  })
  watch([text, caret], () => {
    if (asked(text.value, caret.value) !== null) menu.value = true
    else if (menu.value && text.value) menu.value = false
  })
  watch(drafts.overtaken, (is) => is || (asking.value = false))

  function focus(which: Kind): void {
    kind.value = which
    void nextTick(() => field.value?.focus())
  }

  /** At the cursor, replacing a "/" that asked for it. */
  function insert(words: string): void {
    const clean = withoutAsk(text.value, caret.value)
    const at = Math.min(clean.caret, clean.text.length)
    text.value = clean.text.slice(0, at) + words + clean.text.slice(at)
    menu.value = false
    void nextTick(() => {
      field.value?.focus()
      const gap = /\{[\u4e00-\u9fff]{1,12}\}/.exec(words)
      // What is left to fill is selected, so that typing replaces it.
      if (gap) field.value?.setSelectionRange(at + gap.index, at + gap.index + gap[0].length)
      else field.value?.setSelectionRange(at + words.length, at + words.length)
      caret.value = at + words.length
    })
  }

  function pickPhrase(phrase: Phrase): void {
    insert(filled(phrase.text, phraseValues(open)))
    phrases.used(phrase)
  }

  function cite(answer: Answer): void {
    kind.value = 'reply'
    drafts.write('reply', answer.text)
    cited.value = answer
    focus('reply')
  }

  /** An answer read in the panel goes out as it stands, its sources with it. */
  function submit(): void {
    const words = text.value.trim()
    if (!words || left.value < 0) return
    if (active.value === 'reply' && (drafts.overtaken.value || open_variables.value.length) && !asking.value) {
      asking.value = true
      return
    }
    post(drafts.overtaken.value)
  }

  function post(force = false): void {
    const basedOn = drafts.marks.reply.basedOn ?? open.newestFromTalent.value
    outbox.add({
      chat: open.id, kind: active.value, text: text.value.trim(), basedOn, force,
      faq: active.value === 'reply' ? (cited.value?.faq ?? null) : null,
    })
    drafts.sent(active.value)
    cited.value = null
    asking.value = false
    field.value?.focus()
  }

  function look(): void {
    drafts.looked()
    asking.value = false
    field.value?.focus()
  }

  /** Refused words come back to be changed, before what is there already. */
  function takeBack(words: string, which: Kind): void {
    const there = drafts.marks[which].text
    drafts.write(which, there ? `${words}\n${there}` : words)
    drafts.looked()
    focus(which)
  }

  return { kind, active, text, left, cited, caret, menu, wanted, asking, variables: open_variables, focus, insert, pickPhrase, cite, submit, look, takeBack }
}

export type Composing = ReturnType<typeof useComposing>
