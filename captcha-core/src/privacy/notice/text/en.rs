//! The notice in English.

use super::{ChoiceLabels, FeedbackLabels, Labels, Text};
use crate::privacy::{
    config::Claim,
    consent::Consent,
    registry::{Cookie, Purpose, Record},
    rights::Right,
};

pub(super) const TEXT: Text = Text {
    purpose: |purpose| match purpose {
        Purpose::Verification => {
            "To find out whether a challenge was solved, so that a form is sent by a person and each \
             solution works once."
        }
        Purpose::AbusePrevention => "To keep automated calls within limits.",
        Purpose::Security => {
            "To keep the service stable and safe, and to notice and mend problems. Log lines hold no \
             personal data."
        }
        Purpose::Statistics => {
            "To learn from daily totals how well the challenges work and to make them easier to use."
        }
        Purpose::Compliance => "To honour what you decided about your data.",
        Purpose::Feedback => "To hear what you think of this notice and of how we protect data.",
    },
    cookie: |cookie| match cookie {
        Cookie::Session => (
            "An encrypted random number and the minutes in which your visit began and was last seen.",
            "When you tick the box.",
        ),
        Cookie::Token => (
            "A random number, the time of your right answer, the name of the form, and a signature.",
            "When your answer is right.",
        ),
        Cookie::Preferences => (
            "Your choice of language, colours, kind of challenge, contrast and motion, encrypted. The \
             same choices give the same bytes in every browser.",
            "When you change one of these.",
        ),
        Cookie::Consent => (
            "What you decided about statistics, restriction and objection, the day, and the version of \
             this notice, encrypted. The same decisions on one day give the same bytes in every browser.",
            "When you decide about your data.",
        ),
        Cookie::Statistics => (
            "Which totals already count you today, encrypted. The same state gives the same bytes in \
             every browser.",
            "Only after you agreed to statistics.",
        ),
    },
    record: |record| match record {
        Record::ChallengeMark => "A random number that says: this challenge was answered.",
        Record::TokenMark => "A random number that says: this solution was used.",
        Record::VisitorCalls => {
            "How many calls came within a minute from one address, under a pseudonym that nobody can \
             compute again once its salt is gone. Of an IPv6 address only the network part is used. The \
             address itself is never written down."
        }
        Record::SiteCalls => {
            "How many calls came within a minute from everybody together, and from all together who \
             restricted or objected to processing."
        }
        Record::CallSalt => {
            "A random salt behind these pseudonyms, in memory alone. A new one begins every ten minutes."
        }
        Record::IssuedCounts => {
            "How many challenges, solutions and visits there were in each minute, in memory alone, to tell \
             after an incident how much was concerned. No number that stands for anybody."
        }
        Record::DailyCounters => {
            "How many visitors who agreed were given a challenge, solved, failed, came too late or asked for another on a day, \
             by kind and language, and how long their first solution took."
        }
        Record::Feedback => "What you wrote in the feedback form and the day, encrypted.",
    },
    right: |right| match right {
        Right::Access => "See everything that is kept about your visit.",
        Right::Deletion => {
            "Have it deleted: the cookies are removed and an unused solution becomes worthless."
        }
        Right::Modification => "Correct your selections. Nothing else is kept that could be wrong.",
        Right::Restriction => "Have everything but the check itself stopped.",
        Right::Portability => "Take a copy with you, as JSON or as a table (CSV).",
        Right::Objection => "Object: only the check itself remains.",
        Right::Withdrawal => {
            "Withdraw your agreement to statistics at any time. What was counted before remains lawful."
        }
    },
    claim: |claim| match claim {
        Claim::SecurityAudits => {
            "We evaluate our security measures and our processing regularly and adjust them."
        }
        Claim::AccessControl => "Only authorised employees can reach the systems and their data.",
        Claim::SecurityTraining => "These employees are trained in security regularly.",
        Claim::LegalReview => "We have checked this processing against the law that applies to us.",
    },
    encrypted: "Everything travels encrypted (HTTPS). Cookies and challenges are sealed with \
                XChaCha20-Poly1305 or signed with HMAC-SHA-256; what the server keeps are random numbers, \
                counts and, if there is a feedback form, what was written there, sealed as well.",
    plain: "This server is set up for plain HTTP: what travels can be read on the way. Cookies and \
            challenges are sealed with XChaCha20-Poly1305 or signed with HMAC-SHA-256.",
    not_kept: "The server does not keep, nor use beyond the moment of the call: your name, e-mail address, IP \
               address, device, browser and the times of your visits. The puzzle judges your answer alone, \
               never how you moved.",
    sharing: "Nothing is sold and nothing is shared. No third party is called by the captcha, neither by \
              your browser nor by the server.",
    complaint_to: "You may complain to {}, or to the data protection authority where you live.",
    complaint_anywhere: "You may complain to the data protection authority where you live, where you work, \
                         or where you think the infringement took place.",
    obligation: "No law or contract obliges you to provide anything. Without the session cookie the check \
                 still works; without solving it the form cannot be sent.",
    automated_decisions: "Whether your answer fits is decided automatically, and you may try again at once, \
                          another way if you like. There is no decision with legal or similar effect, and no \
                          profiling.",
    children_not_meant: "This service is not intended for children under the age of 13. We never ask for an \
                         age. If you think that a child's data was collected by accident, have it \
                         deleted at once with the button on the page of your choices, or contact us.",
    children_welcome: "Children may use this service. Statistics are off for everybody, and we never ask for \
                       an age. A child, or whoever cares for one, can have everything deleted at once.",
    statistics_on: "Only if you agree, your visit is counted in daily totals. Totals of few visits are never \
                    shown. They hold no number that stands for you.",
    statistics_off: "No statistics are made.",
    global_privacy_control: "If your browser sends Global Privacy Control, that is taken as a refusal of \
                             statistics and as an objection to any sale or sharing, of which there is none.",
    feedback_on: "We welcome what you think of this notice and of how we protect data. No name and no \
                  address is asked for. Please write nothing about yourself.",
    feedback_off: "There is no feedback form; write to the contact above.",
    browser_session: "until you close the browser",
    visit: "until you close the browser; not taken any more after {} without a call, or {} in all",
    units: [
        ("{} day", "{} days"),
        ("{} hour", "{} hours"),
        ("{} minute", "{} minutes"),
        ("{} second", "{} seconds"),
    ],
    labels: Labels {
        title: "Privacy notice of the captcha",
        version: "Version",
        date: "In force since",
        introduction: "This page is written by the running software from its own settings: it says what \
                       this captcha keeps about a visit, why, for how long, and what you can do about it.",
        who: "Who is responsible",
        controller: "Controller",
        contact: "Contact",
        officer: "Data protection officer",
        representative: "Representative in the Union",
        purposes: "What for, and on what legal basis",
        purpose: "Purpose",
        basis: "Legal basis",
        because: "Our interest",
        cookies: "Cookies",
        name: "Name",
        class: "Class",
        functional: "functional",
        performance: "performance",
        holds: "What it holds",
        set_when: "When it is set",
        life: "How long",
        records: "What the server keeps",
        recipients: "Who receives data",
        no_recipients: "Nobody but the controller.",
        no_transfers: "Nothing is transferred to other countries.",
        rights: "Your rights",
        right: "Right",
        law: "Law",
        choices: "Use these rights now",
        complaint: "Complaints",
        security: "Security",
        decisions: "Duty to provide data, and automated decisions",
        children: "Children",
        feedback: "Feedback",
        statistics: "Statistics",
        gpc_seen: "Your browser sends it, and it is honoured.",
        attested: "stated on {}",
        changes: "Changes",
        no_changes: "This is the first version.",
        archived: "This is an earlier version. The notice in force is the current one:",
        as_json: "This notice as JSON",
    },
    choices: ChoiceLabels {
        title: "Your data and your choices",
        introduction: "Everything here takes effect at once. No reason is asked for, and the check stays \
                       as easy as before.",
        notice: "The privacy notice",
        done: "Done.",
        held: "What is kept about your visit",
        nothing: "Nothing.",
        field: "What",
        value: "Value",
        cookie: "Cookie",
        until: "Until",
        session_end: "you close the browser",
        take: "Take a copy:",
        selections: "Your selections",
        by_page: "as the page has it",
        save: "Save",
        statistics: "Statistics",
        standing: |consent| match consent {
            Consent::Unknown => "You have not decided: you are not counted.",
            Consent::Granted => "You agreed: your visit is counted in daily totals.",
            Consent::Refused => "You refused: you are not counted.",
            Consent::Withdrawn => "You withdrew your agreement: you are not counted.",
        },
        grant: "Agree to statistics",
        refuse: "Refuse statistics",
        withdraw: "Withdraw my agreement",
        limits: "Nothing but the check",
        restrict: "Restrict processing",
        unrestrict: "Lift the restriction",
        object: "Object to processing",
        unobject: "Take my objection back",
        delete_title: "Delete everything",
        delete_text: "Removes every cookie of the captcha and makes an unused solution worthless.",
        delete: "Delete my data",
        child_title: "A child under 13",
        child_text: "If a child used this browser, whatever is kept about its visit is deleted at once. \
                     No age and no proof is asked for.",
        child: "A child used this browser: delete",
        selection: |name| match name {
            "language" => "Language",
            "theme" => "Colours",
            "kind" => "Kind of challenge",
            "contrast" => "Contrast",
            "motion" => "Motion",
            "light" => "light",
            "dark" => "dark",
            "slide" => "puzzle",
            "text" => "text image",
            "work" => "no puzzle",
            "more" => "more",
            "reduce" => "less",
            "en" => "English",
            "zh" => "中文",
            _ => "",
        },
    },
    feedback: FeedbackLabels {
        title: "Feedback on privacy",
        introduction: "What do you think of the privacy notice and of how we protect data? Your text is \
                       encrypted and deleted within 30 days. No name and no address is asked for, so nobody \
                       can write back. Please write nothing about yourself.",
        label: "Your feedback",
        send: "Send",
        thanks: "Thank you.",
    },
};
