// Invented chats and a few FAQs for tests/mock-staff.mjs.
export const page = (part) => ({
  paragraphs: [], items: [], table: null, card: null, caution: null, scope: null, status: null, sources: [], buttons: [],
  feedback: false, ...part,
})

export const regions = [
  { code: '370000', name: '山东省', children: [
    { code: '370100', name: '济南市', children: [] }, { code: '370200', name: '青岛市', children: [] },
    { code: '371300', name: '临沂市', children: [{ code: '371302', name: '兰山区', children: [] }] }] },
  { code: '350000', name: '福建省', children: [{ code: '350500', name: '泉州市', children: [] }] },
]

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()
const termSource = {
  title: '山东省高层次人才服务绿色通道规定', number: '鲁人社规〔2018〕5号', body: '山东省人力资源和社会保障厅', date: '2018',
  clause: '第三十一条', url: null,
}
const termAnswer = page({
  paragraphs: ['惠才卡的待遇期限按人才类别确定：'],
  items: ['国家级、省级重点人才工程设管理期的，按管理期执行；', '引进人才按工作合同或协议约定的服务期限执行；', '没有管理期的，一般为 5 年。'],
  caution: '请以当年官方通知为准。', scope: '山东省 · 2018年口径', status: '现行有效', sources: [termSource], feedback: true,
})

export const chats = new Map()
function chat(id, row, packet, said) {
  const messages = said.map(([author, content, more = {}], index) => ({
    id: `${id}-${index + 1}`, seq: index + 1, prev: index, author, author_name: null, internal: false, at: ago(said.length - index + 2),
    content: typeof content === 'string' ? page({ paragraphs: [content] }) : content, key: null, band: null, ...more,
  }))
  const last = messages.at(-1)
  chats.set(id, {
    messages,
    packet: { reason: row.reason, category: row.category, note: null, tried: [], slots: {}, application: null, ...packet },
    row: {
      conversation_id: id, handover_id: `h-${id}`, handover_status: 'waiting', control: 'queued', channel: 'web', region: null,
      waiting_since: ago(2), ended_at: null, staff_id: null, staff_name: null, last_text: last.content.paragraphs.join(' '), last_at: last.at,
      last_seq: last.seq, ...row,
    },
  })
}

chat('c1', { reason: 'unanswered', category: '手续代办', region: '371302', waiting_since: ago(7.3) }, {
  tried: [
    { question: '惠才卡能用多少年', faq: 'sd-huicaika-term', band: 'answer' },
    { question: '卡丢了在哪儿补', faq: 'sd-huicaika-lost', band: 'not_published' },
    { question: '补卡要不要单位盖章', faq: null, band: 'none' }],
  slots: { region: '371302', tier: '省级重点人才工程', failed_answers: 2 },
  application: { item: 'sd-huicaika', version: 1, stage: 'form', step: 'workplace', rows: [['人才类别', '第三类'], ['姓名', '张**'], ['手机号', '138****0000']], values: { category: 'provincial' } },
}, [
  ['talent', '惠才卡能用多少年'],
  ['assistant', termAnswer, { band: 'answer' }],
  ['talent', '我的卡丢了，在哪儿补？'],
  ['assistant', page({ paragraphs: ['惠才卡的挂失和补办办法目前没有公开规定，我不能乱说。可以为您转接服务专员核实。'], buttons: [{ title: '转人工' }] }), { band: 'not_published' }],
  ['talent', '那补卡要不要单位盖章啊？我的手机 138****0000'],
  ['assistant', page({ paragraphs: ['这个问题我没有找到依据，已为您转接服务专员。'] }), { band: 'none' }],
  ['system', '正在转接人工，前面还有 0 位'],
])
chat('c2', { reason: 'requested', category: '政策咨询', channel: 'wechat', region: '350500', waiting_since: ago(1.2) }, {},
  [['talent', '转人工'], ['assistant', '正在为您转接服务专员，请稍候。']])
chat('c3', { reason: 'complaint', category: '待遇落实', region: '370100', waiting_since: ago(0.3) }, { note: '对方说机场贵宾室拒绝凭卡进入' },
  [['talent', '机场贵宾室不让进！卡有什么用，你们到底管不管，我已经跑了两趟了，昨天还说可以今天又说不行，能不能给个准话？']])
chat('c4', { reason: 'guide', category: '手续代办', control: 'human', staff_name: '李专员', handover_status: 'active', waiting_since: ago(40) }, {}, [
  ['talent', '申报表填到一半不会了'],
  ['system', '李专员 已接待'],
  ['staff', '您好，我是李专员。请问卡在哪一步？', { author_name: '李专员' }],
  ['staff', '来过两次电话，单位是兰山区的，记得核对业务负责人。', { author_name: '王专员', internal: true }],
  ['talent', '「引进方式」不知道选哪个'],
])
chat('c5', { reason: 'engine_failure', category: '政策咨询', control: 'closed', staff_name: '王专员', handover_status: 'closed', ended_at: ago(100), waiting_since: ago(130) }, {},
  [['talent', '三支一扶服务几年'], ['staff', '服务期 2 年。', { author_name: '王专员' }]])
chat('c6', { reason: 'requested', category: '政策咨询', control: 'bot', staff_name: '李专员', handover_status: 'returned', ended_at: ago(3000), waiting_since: ago(3060) }, {},
  [['talent', '科技特派员咋申请'], ['staff', '已说明程序。', { author_name: '李专员' }]])

const faq = (part) => ({
  key: '', question: '', phrasings: [], negatives: [], category: '惠才卡', region: '370000', place: '山东省', year: '', audience: '人才',
  kind: 'answer', answer: { paragraphs: [], items: [], table: null }, confidence: '高', sources: [], valid_from: null, valid_until: null,
  follow_ups: [], item: null, ...part,
})
const store = new Map()
const put = (record, status, more = {}) => store.set(record.key, {
  faq: record, status, revision: 3, published_version: status === 'draft' ? null : 2, updated_at: ago(600), warnings: [],
  history: status === 'draft' ? [] : [{ version: 2, at: ago(600), staff_name: '王专员' }, { version: 1, at: ago(9000), staff_name: '李专员' }],
  ...more,
})
put(faq({
  key: 'sd-huicaika-term', question: '山东惠才卡有效期几年？', year: '2018',
  phrasings: ['惠才卡能用多久', '惠才卡能用多少年', '卡几年到期', '惠才卡管几年', '惠才卡期限是多长', '惠才卡多久要换'], negatives: ['惠才卡丢了怎么办'],
  answer: { paragraphs: termAnswer.paragraphs, items: termAnswer.items, table: null }, sources: [{ ...termSource, code: 'P03' }],
  confidence: '中', follow_ups: ['sd-huicaika-renew'], item: 'sd-huicaika',
}), 'published')
put(faq({
  key: 'sd-huicaika-renew', question: '惠才卡到期怎么继续申领？', phrasings: ['惠才卡到期了怎么办', '惠才卡换新卡', '惠才卡续卡'],
  answer: { paragraphs: ['由用人单位核实后逐级提报。'], items: [], table: { head: ['环节', '谁办'], rows: [['汇总材料', '用人单位'], ['初审', '市人社局']] } },
  sources: [termSource],
}), 'changed', { warnings: ['相似问只有 3 条，建议至少 6 条。'] })
put(faq({ key: 'sd-huicaika-lost', question: '惠才卡丢了怎么补办？', phrasings: ['卡丢了在哪儿补'], kind: 'not_published', answer: { paragraphs: ['挂失和补办办法没有公开规定。'], items: [], table: null } }), 'draft')
put(faq({ key: 'qz-house-tier3', question: '泉州第三层次人才购房补助多少？', category: '住房', region: '350500', place: '福建省泉州市', year: '2023', sources: [termSource] }), 'withdrawn')
for (let index = 1; index <= 62; index += 1) {
  put(faq({ key: `grass-${index}`, question: `基层服务项目示例问题 ${index}：服务期怎么算？`, category: index % 2 ? '服务基层' : '四链融合', phrasings: Array(8).fill('例'), sources: [termSource] }), 'published')
}
let release = 11

const detail = ({ updated_at: _, ...record }) => record
export const faqs = {
  list(query) {
    const PAGE = 50
    const [text, category, status] = ['query', 'category', 'status'].map((name) => query.get(name) ?? '')
    const found = [...store.values()].filter(({ faq: one, status: is }) =>
      (!category || one.category === category) && (!status || is === status) && `${one.question}${one.phrasings}${one.key}`.includes(text))
    const at = (Number(query.get('page') ?? 1) - 1) * PAGE
    return {
      total: found.length, categories: [...new Set([...store.values()].map((one) => one.faq.category))],
      faqs: found.slice(at, at + PAGE).map(({ faq: one, status: is, updated_at }) => ({
        key: one.key, question: one.question, category: one.category, place: one.place, year: one.year, kind: one.kind, status: is,
        phrasings: one.phrasings.length, valid_until: one.valid_until, updated_at,
      })),
    }
  },
  act({ method, key, step, body, staff }) {
    const record = store.get(key ?? body.faq?.key)
    if (key && !record) return { refused: [404, 'unknown_faq', '没有找到这条问答。'] }
    if (method === 'GET') return detail(record)
    if (step === 'publish' || step === 'withdraw') {
      release += 1
      record.status = step === 'publish' ? 'published' : 'withdrawn'
      record.published_version = (record.published_version ?? 0) + 1
      record.history.unshift({ version: record.published_version, at: ago(0), staff_name: staff.name })
      return { release, ...detail(record) }
    }
    if (!key && record) return { refused: [422, 'invalid_faq', '有内容需要修改，请看标出的字段。', { key: '这个编号已经有了，请换一个。' }] }
    if (key && body.revision !== record.revision) return { refused: [409, 'changed_meanwhile', '这条问答刚被同事改过，请重新载入后再改。'] }
    const fields = {}
    if (!body.faq.question.trim()) fields.question = '这一项不能为空。'
    if (!body.faq.sources.length && body.faq.kind === 'answer') fields.sources = '请至少填写一条依据来源；没有公开依据的内容请选“未公布”。'
    body.faq.sources.forEach((source, index) => !source.title && (fields[`sources.${index}.title`] = '这一项不能为空。'))
    if (!body.faq.answer.paragraphs.length && !body.faq.answer.items.length) fields.answer = '答案不能为空，请至少写一段。'
    if (Object.keys(fields).length) return { refused: [422, 'invalid_faq', '有内容需要修改，请看标出的字段。', fields] }
    const before = record ?? { published_version: null, history: [], warnings: [], revision: 0, status: 'draft' }
    const saved = { ...before, faq: body.faq, revision: before.revision + 1, status: before.published_version ? 'changed' : 'draft', updated_at: ago(0) }
    store.set(body.faq.key, saved)
    return detail(saved)
  },
  touch: (key) => void (store.get(key).revision += 1),
}

export const mock = {
  attempt(question, region) {
    const known = question.includes('惠才卡')
    const band = question.includes('丢') ? 'not_published' : question.includes('购房') && !region ? 'clarify' : known ? 'answer' : 'none'
    const candidates = [...store.values()].slice(0, known ? 5 : 2).map(({ faq: one }, index) => ({
      key: one.key, question: one.question, scores: { total: 4.1 - index * 1.3, char: 0.8 / (index + 1) },
    }))
    const content = band === 'answer' ? termAnswer : band === 'clarify'
      ? page({ paragraphs: ['各地标准不同，请选择城市：'], buttons: [{ title: '泉州市' }, { title: '青岛市' }] })
      : page({ paragraphs: ['这个问题我没有找到依据。'], buttons: [{ title: '转人工' }] })
    return { normalised: question.trim().replace(/[？?]/g, ''), band, probability: known ? 0.93 : 0.12, candidates, content, release }
  },
}
