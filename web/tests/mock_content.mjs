// Replies of the stand-in server, one per shape a message can have.
const EMPTY = {
  paragraphs: [], items: [], table: null, card: null, caution: null,
  scope: null, status: null, sources: [], question: null, buttons: [], feedback: false,
}
export const content = (part) => ({ ...EMPTY, ...part })

export const MENU = {
  categories: [
    { title: '惠才卡', questions: [
      { faq: 'sd-huicaika-term', title: '山东惠才卡有效期几年？' },
      { faq: 'sd-huicaika-who', title: '哪些人可以申领山东惠才卡？' },
      { faq: 'sd-huicaika-airport', title: '凭惠才卡怎么走机场绿色通道？' }] },
    { title: '服务专员', questions: [{ faq: 'sd-officer', title: '什么是高层次人才服务专员？' }] },
    { title: '泉州人才', questions: [
      { faq: 'qz-levels', title: '泉州高层次人才分几个层次？' },
      { faq: 'qz-house', title: '泉州第三层次人才买房补多少钱？' }] },
    { title: '服务基层', questions: [{ faq: 'base', title: '省级专家服务基层每年组织多少次？' }] },
  ],
  regions: [
    { code: '370000', name: '山东省', children: [
      { code: '370100', name: '济南市', children: [] },
      { code: '370200', name: '青岛市', children: [{ code: '370202', name: '市南区', children: [] }] },
      { code: '371300', name: '临沂市', children: [] }] },
    { code: '350000', name: '福建省', children: [
      { code: '350500', name: '泉州市', children: [{ code: '350503', name: '丰泽区', children: [] }, { code: '350582', name: '晋江市', children: [] }] }] },
  ],
  items: [{ key: 'sd-huicaika', name: '申领山东惠才卡', category: '惠才卡', department: '山东省人力资源和社会保障厅' }],
  ways: [{ way: 'items', title: '按事项办理' }, { way: 'departments', title: '按部门办理' }, { way: 'progress', title: '查办理进度' }],
}

const basis = {
  title: '《山东省高层次人才服务绿色通道规定》', number: '鲁人社规〔2018〕5号', body: '山东省人力资源和社会保障厅',
  date: '2018', clause: '第三十一条', url: 'https://example.invalid/policy',
}

/** [when the text contains this, band, content] */
export const ANSWERS = [
  ['有效期', 'answer', content({
    paragraphs: ['惠才卡的期限按您属于哪一类人才确定：'],
    items: ['国家级、省级重点人才工程设管理期的，按管理期；', '引进人才按工作合同或协议约定的服务期限；', '没有管理期的，一般为 5 年。'],
    caution: '请以当年官方通知为准', scope: '山东省 · 2018年规定', status: '现行有效', sources: [basis],
    buttons: [{ title: '到期了怎么继续申领？' }, { title: '申领山东惠才卡' }], feedback: true })],
  ['层次', 'answer', content({
    paragraphs: ['不同年份的口径不同，以下为示例表格。'],
    table: { head: ['层次', '口径', '购房补助', '说明'], rows: [
      ['第一层次', '2017年', '示例', '分 3 年发放，按当年通知执行'], ['第二层次', '2017年', '示例', '分 3 年发放，按当年通知执行'],
      ['第三层次', '2017年', '示例', '分 3 年发放，按当年通知执行']] },
    scope: '福建省泉州市 · 2017年口径', status: '以当年通知为准', sources: [basis, { ...basis, url: null, clause: null }], feedback: true })],
  ['申领', 'answer', content({
    paragraphs: ['办理前请先看清以下内容，一次准备齐全。'],
    card: { title: '申领山东惠才卡 · 一次性告知', rows: [
      ['受理条件', '海内外引进和自主培养的高层次人才'], ['材料', '《审核（评审）认定申报表》\n证明材料'],
      ['办理时限', '未公布'], ['咨询电话', '0531-88597979']] },
    buttons: [{ title: '开始办理' }, { title: '先不办理' }] })],
  ['补办', 'not_published', content({
    paragraphs: ['挂失补办的办法目前没有公开发布，我不能给您确定的答复。', '您可以转人工，由专员为您查询。'],
    buttons: [{ title: '转人工' }] })],
  ['补贴', 'offer', content({
    paragraphs: ['您想问的是下面哪一个？'],
    buttons: [{ title: '泉州第三层次人才买房补多少钱？' }, { title: '青岛住房补贴什么时候发？' }, { title: '都不是' }] })],
  ['<', 'none', content({ paragraphs: ['<img src=x onerror="window.hacked=1"><b>文字</b> 只按文字显示。'] })],
]
export const UNKNOWN = content({
  paragraphs: ['这个问题不在我的服务范围内，我只能回答高层次人才服务方面的问题。'], buttons: [{ title: '转人工' }], feedback: true,
})
