//! The notice in Chinese (simplified).

use super::{ChoiceLabels, Labels, Text};
use crate::privacy::{
    config::Claim,
    consent::Consent,
    registry::{Cookie, Purpose, Record},
    rights::Right,
};

pub(super) const TEXT: Text = Text {
    purpose: |purpose| match purpose {
        Purpose::Verification => {
            "判断验证题是否已解答，以确认表单由真人提交，并且每次解答只能使用一次。"
        }
        Purpose::AbusePrevention => "将自动化调用控制在限额之内。",
        Purpose::Security => "保持服务稳定和安全，发现并修复问题。日志中不含个人数据。",
        Purpose::Statistics => "通过每日总数了解验证题的效果，使其更易使用。",
        Purpose::Compliance => "执行您对自己数据所作的决定。",
    },
    cookie: |cookie| match cookie {
        Cookie::Session => (
            "加密的随机数，以及您本次访问开始和最近一次活动所在的分钟。",
            "在您勾选复选框时。",
        ),
        Cookie::Token => ("随机数、您答对的时间、表单名称和签名。", "在您答对时。"),
        Cookie::Preferences => (
            "您选择的语言、配色、题型、对比度和动画，经过加密。相同的选择在任何浏览器中内容都相同。",
            "在您更改其中一项时。",
        ),
        Cookie::Consent => (
            "您对统计、限制处理和反对处理的决定、日期以及本声明的版本，经过加密。同一天的相同决定在任何浏览器中内容都相同。",
            "在您对自己的数据作出决定时。",
        ),
        Cookie::Statistics => (
            "今天哪些总数已经计入您，经过加密。相同的状态在任何浏览器中内容都相同。",
            "仅在您同意统计之后。",
        ),
    },
    record: |record| match record {
        Record::ChallengeMark => "一个随机数，表示：此题已作答。",
        Record::TokenMark => "一个随机数，表示：此解答已使用。",
        Record::VisitorCalls => {
            "一分钟内来自同一地址的调用次数，以假名记录；盐值销毁后，任何人都无法重新计算该假名。IPv6 地址只使用网络部分。地址本身从不写入。"
        }
        Record::SiteCalls => "一分钟内所有人的调用总次数，以及所有限制或反对处理者的调用总次数。",
        Record::CallSalt => "上述假名所用的随机盐值，仅存于内存。每十分钟启用一个新的盐值。",
        Record::IssuedCounts => {
            "每分钟发出多少验证题、解答和访问会话，仅存于内存，用于在安全事件之后说明影响范围。其中没有任何代表个人的编号。"
        }
        Record::DailyCounters => {
            "每天有多少同意统计的访问者获得、解答、答错或超时验证题，按题型和语言统计，以及首次解答所用的时间。"
        }
    },
    right: |right| match right {
        Right::Access => "查看与您本次访问有关的全部数据。",
        Right::Deletion => "删除这些数据：Cookie 会被清除，未使用的解答随即失效。",
        Right::Modification => "更正您的选择。除此之外没有可能出错的数据。",
        Right::Restriction => "停止除验证本身以外的一切处理。",
        Right::Portability => "以 JSON 或表格（CSV）形式带走一份副本。",
        Right::Objection => "反对处理：只保留验证本身。",
        Right::Withdrawal => "随时撤回您对统计的同意。撤回前的统计仍然合法。",
    },
    claim: |claim| match claim {
        Claim::SecurityAudits => "我们定期评估并调整安全措施和数据处理活动。",
        Claim::AccessControl => "只有获得授权的员工才能访问相关系统和数据。",
        Claim::SecurityTraining => "这些员工定期接受安全培训。",
        Claim::LegalReview => "我们已对照适用的法律审查了这些处理活动。",
    },
    encrypted: "所有数据均加密传输（HTTPS）。Cookie 和验证题以 XChaCha20-Poly1305 封装或以 HMAC-SHA-256 \
                签名；服务器只保存随机数和计数。",
    plain: "此服务器配置为明文 HTTP：传输内容可能在途中被读取。Cookie 和验证题以 XChaCha20-Poly1305 \
            封装或以 HMAC-SHA-256 签名。",
    not_kept: "服务器不会保存以下内容，也不会在调用之后继续使用：您的姓名、电子邮箱、IP 地址、设备、浏览器和访问时间。\
               拼图只判断您的答案，从不判断您如何移动。",
    sharing: "不出售、也不共享任何数据。无论是您的浏览器还是服务器，验证码都不会联系任何第三方。",
    complaint_to: "您可以向{}投诉，也可以向您所在地的数据保护机构投诉。",
    complaint_anywhere: "您可以向您居住地、工作地或您认为发生侵权之地的数据保护机构投诉。",
    obligation: "没有任何法律或合同要求您提供数据。没有会话 Cookie 验证仍可进行；不完成验证则无法提交表单。",
    automated_decisions: "您的答案是否正确由系统自动判断，您可以立即重试，也可以换一种方式。不存在具有法律效力或类似影响的决定，\
                          也不进行画像。",
    children_not_meant: "本服务不面向 13 岁以下的儿童。我们从不询问年龄。如果您认为意外收集了儿童的数据，请联系我们：会立即删除。",
    children_welcome: "儿童可以使用本服务。统计对所有人关闭，我们从不询问年龄。儿童或其照护者可以要求立即删除全部数据。",
    statistics_on: "只有在您同意之后，您的访问才会计入每日总数。数量过少的总数从不显示。总数中没有任何代表您的编号。",
    statistics_off: "不进行统计。",
    global_privacy_control: "如果您的浏览器发送全球隐私控制（Global Privacy Control）信号，则视为拒绝统计，并视为反对任何出售或共享；\
                             我们本来就没有出售或共享。",
    browser_session: "直到您关闭浏览器",
    visit: "直到您关闭浏览器；{}没有调用，或总计满{}之后不再接受",
    units: [
        ("{} 天", "{} 天"),
        ("{} 小时", "{} 小时"),
        ("{} 分钟", "{} 分钟"),
        ("{} 秒", "{} 秒"),
    ],
    labels: Labels {
        title: "验证码隐私声明",
        version: "版本",
        date: "生效日期",
        introduction: "本页由正在运行的软件根据自身设置生成：说明此验证码保存了哪些与访问有关的数据、为什么保存、保存多久，以及您可以怎么做。",
        who: "责任方",
        controller: "数据控制者",
        contact: "联系方式",
        officer: "数据保护官",
        representative: "欧盟代表",
        purposes: "目的和法律依据",
        purpose: "目的",
        basis: "法律依据",
        because: "我们的利益",
        cookies: "Cookie",
        name: "名称",
        class: "类别",
        functional: "功能性",
        performance: "性能",
        holds: "内容",
        set_when: "设置时间",
        life: "保存时间",
        records: "服务器保存的数据",
        recipients: "数据接收者",
        no_recipients: "除数据控制者外没有接收者。",
        no_transfers: "不向其他国家传输任何数据。",
        rights: "您的权利",
        right: "权利",
        law: "法律",
        choices: "现在行使这些权利",
        complaint: "投诉",
        security: "安全",
        decisions: "提供数据的义务和自动化决定",
        children: "儿童",
        statistics: "统计",
        gpc_seen: "您的浏览器正在发送此信号，我们予以遵守。",
        attested: "声明于 {}",
        changes: "变更",
        no_changes: "这是第一个版本。",
        archived: "这是较早的版本。现行声明：",
        as_json: "本声明的 JSON 格式",
    },
    choices: ChoiceLabels {
        title: "您的数据和选择",
        introduction: "此处的一切立即生效。不询问理由，验证也不会因此变难。",
        notice: "隐私声明",
        done: "已完成。",
        held: "与您本次访问有关的数据",
        nothing: "没有数据。",
        field: "内容",
        value: "值",
        cookie: "Cookie",
        until: "保存至",
        session_end: "您关闭浏览器",
        take: "带走一份副本：",
        selections: "您的选择",
        by_page: "由页面决定",
        save: "保存",
        statistics: "统计",
        standing: |consent| match consent {
            Consent::Unknown => "您尚未决定：不会被计入。",
            Consent::Granted => "您已同意：您的访问会计入每日总数。",
            Consent::Refused => "您已拒绝：不会被计入。",
            Consent::Withdrawn => "您已撤回同意：不会被计入。",
        },
        grant: "同意统计",
        refuse: "拒绝统计",
        withdraw: "撤回我的同意",
        limits: "只进行验证",
        restrict: "限制处理",
        unrestrict: "取消限制",
        object: "反对处理",
        unobject: "撤回我的反对",
        delete_title: "全部删除",
        delete_text: "清除验证码的所有 Cookie，并使未使用的解答失效。",
        delete: "删除我的数据",
        selection: |name| match name {
            "language" => "语言",
            "theme" => "配色",
            "kind" => "题型",
            "contrast" => "对比度",
            "motion" => "动画",
            "light" => "浅色",
            "dark" => "深色",
            "slide" => "拼图",
            "text" => "文字图片",
            "work" => "无需答题",
            "more" => "更高",
            "reduce" => "更少",
            "en" => "English",
            "zh" => "中文",
            _ => "",
        },
    },
};
