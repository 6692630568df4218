//! What a tool makes possible in the company of others: private data, what strangers wrote, a way out
//! (<https://simonwillison.net/2025/Jun/16/the-lethal-trifecta/>).

use super::argument::Holds;
use super::category::Category;
use super::name::split;
use super::record::{Capabilities, Capability, Tool};

/// Words of what is not for everybody.
const PRIVATE: &str =
    "inbox mailbox mail mails email emails message messages file files document documents note notes drive
     calendar contact contacts customer customers patient patients record records database sql rows chat chats dm
     secret secrets memory memories ticket tickets invoice invoices payroll employee employees salary
     salaries transaction transactions statement statements orders conversation conversations transcript transcripts vault credential credentials repository repositories
     wallet medical diary profile profiles attachment attachments recording recordings";

/// Words beside those of [`PRIVATE`] by which they are about a machine, or for everybody.
const IMPERSONAL: &str =
    "console log logs commit error errors template templates schema documentation docs public network mode
     structure health dns traffic metrics quota";

/// Words of what a server says of itself, which no stranger wrote and which leads nowhere.
const MANUALS: &str = "doc docs documentation manual";

/// Words of what strangers may have written.
const STRANGERS: &str =
    "inbox mailbox mail mails email emails issue issues comment comments ticket tickets review reviews
     pullrequest pullrequests message messages chat chats post posts feedback forum web website websites
     webpage webpages browser internet crawl scrape news feed feeds rss tweet tweets timeline mention mentions
     submission submissions";

/// Words of what is private even where it only stands in a description.
const TELLING: &str =
    "inbox mailbox mail mails email emails calendar contacts customer customers patient patients payroll
     employee employees salary salaries medical diary private personal confidential credentials vault";

/// Words of what strangers wrote even where they only stand in a description.
const WEB: &str =
    "inbox mailbox mail mails email emails web website websites webpage webpages internet forum
     comments reviews feedback news";

/// Words of tools that go to an address, instead of taking it for the name of something.
const GOING: &str =
    "fetch page pages web website url http https request navigate visit browse browser open
     crawl scrape download curl webhook post site ping host";

/// Verbs of sending.
const SENDING: &str = "send mail email sms post publish share forward reply notify tweet upload submit invite export webhook";

/// Where something is sent to, by the name of the argument.
const RECIPIENTS: &str = "to recipient recipients cc bcc phone webhook destination email emails invitee invitees channel channels";

/// Where a call leads, and whom it concerns, by the name of the argument, beside [`RECIPIENTS`].
const PLACES: &str =
    "account accounts iban user users username member members participant participants attendee attendees guest
     guests assignee assignees reviewer reviewers collaborator collaborators group groups room chat conversation
     contact handle address wallet payee beneficiary target host domain bucket remote registry owner org
     organization workspace team tenant";

/// Whether an argument's name says that it tells where a call leads or whom it concerns.
pub fn names_place(name: &str) -> bool {
    let words = split(name);
    let is_telling =
        |word: &&String| !lists("id ids name names number numbers address addresses", word);
    let last = words.iter().rev().find(is_telling).or(words.last());
    last.is_some_and(|word| lists(RECIPIENTS, word) || lists(PLACES, word))
}

/// Verbs and things of tools that put text where strangers may read it, if the place is public.
const PUTTING: &str = "create add open write submit";
const PUBLIC: &str = "issue comment pullrequest mergerequest gist discussion";

impl Tool {
    /// What it makes possible in the company of others: what the record says, else a guess.
    pub fn able(&self) -> Capabilities {
        match self.capabilities.is_empty() {
            true => of_tool(self, None),
            false => self.capabilities.clone(),
        }
    }

    /// Whether what is said of a capability is more than a guess: that a server speaks to the open world
    /// does not say who wrote there, a repository may be a private one, and what is not called an address
    /// may only name something.
    pub fn is_surely(&self, why: &str) -> bool {
        match why.strip_prefix("argument: ").and_then(|rest| rest.strip_suffix(" is an address")) {
            Some(argument) => self.goes_to(argument),
            None => !["annotation: ", "may be public: "].iter().any(|vague| why.starts_with(vague)),
        }
    }

    /// Whether an argument is surely an address, and the tool named after going there.
    fn goes_to(&self, argument: &str) -> bool {
        let held = self.held(&[argument.to_owned()]);
        let is_going = split(&self.name).iter().any(|word| lists(GOING, word));
        is_going && held.is_some_and(|held| held.what == Holds::Url && held.is_sure())
    }

    /// The arguments that say where a call goes, and what they hold.
    pub fn targets(&self) -> Vec<(String, Option<Holds>)> {
        targets(self)
    }
}

/// What a tool makes possible; `said` is its description, where that is at hand.
pub(super) fn of_tool(tool: &Tool, said: Option<&str>) -> Capabilities {
    let name = split(&tool.name);
    // What follows the first sentence speaks of other tools as well.
    let said = said.map(|said| said.split(['.', '\n']).next().unwrap_or_default());
    let said = said.map(split).unwrap_or_default();
    let told = |words: &str, telling: &str| {
        let in_name = name.iter().find(|word| lists(words, word));
        let in_name = in_name.map(|word| format!("name: {word}"));
        let in_text = || said.iter().find(|word| lists(telling, word));
        in_name.or_else(|| Some(format!("description: {}", in_text()?)))
    };
    let mut found = Capabilities::new();
    let targets = targets(tool);
    let open_world = tool.annotations.as_ref().is_some_and(|own| own.open_world_hint == Some(true));
    // `get_task_from_url` takes an address for the name of a task.
    let is_name = name.iter().any(|word| word == "from") && name.iter().any(|word| word == "url");
    let is_manual = tool.category == Category::Read && name.iter().any(|word| lists(MANUALS, word));
    let is_going =
        !is_name && !is_manual && (open_world || name.iter().any(|word| lists(GOING, word)));
    let is_address = |what: &Option<Holds>| matches!(what, Some(Holds::Url | Holds::Host));
    let goes = targets.iter().find(|(_, what)| is_going && is_address(what));
    if tool.category == Category::Read {
        let stranger = told(STRANGERS, WEB)
            .or_else(|| goes.map(|(argument, _)| format!("argument: {argument} is an address")))
            .or_else(|| {
                (open_world && !is_manual).then(|| "annotation: openWorldHint=true".to_owned())
            });
        let is_impersonal = name.iter().any(|word| lists(IMPERSONAL, word));
        let private = told(PRIVATE, TELLING).filter(|_| !is_impersonal);
        found.extend(private.map(|why| (Capability::PrivateData, why)));
        found.extend(stranger.map(|why| (Capability::UntrustedContent, why)));
    }
    let sends =
        name.iter().find(|word| lists(SENDING, word)).filter(|_| tool.category > Category::Read);
    let puts = tool.category > Category::Read && name.iter().any(|word| lists(PUTTING, word));
    let public = name.iter().find(|word| puts && lists(PUBLIC, word));
    let out = match (goes, sends) {
        (Some((argument, _)), _) => Some(format!("argument: {argument} is an address")),
        (None, Some(verb)) if !targets.is_empty() => Some(format!("name: {verb}")),
        (None, Some(verb)) if tool.arguments.is_none() => Some(format!("name: {verb}")),
        _ => public.map(|thing| format!("may be public: {thing}")),
    };
    found.extend(out.map(|why| (Capability::WayOut, why)));
    found
}

fn targets(tool: &Tool) -> Vec<(String, Option<Holds>)> {
    let held = tool.held_arguments();
    let names = tool.arguments.iter().flatten().map(|(name, _)| name);
    let target = |name: &String| {
        let what = held.get(&**name).filter(|held| held.is_fair()).map(|held| held.what);
        let words = split(name);
        let named = words.iter().rev().find(|word| !lists("id ids", word));
        let is_named =
            what != Some(Holds::Path) && named.is_some_and(|word| lists(RECIPIENTS, word));
        let goes = matches!(what, Some(Holds::Url | Holds::Host | Holds::Email));
        (goes || is_named).then(|| (name.clone(), what))
    };
    names.filter_map(target).collect()
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Server, load};
    use crate::source::Document;

    fn server() -> Server {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/catalogue/desk.json");
        let document = Document::read("desk.json", std::fs::read(path).unwrap());
        load(&document).unwrap().remove(0)
    }

    #[test]
    fn names_descriptions_and_arguments_tell_what_is_possible() {
        use Capability::{PrivateData, UntrustedContent, WayOut};
        let server = server();
        for (tool, expected) in [
            ("read_inbox", &[PrivateData, UntrustedContent][..]),
            ("fetch_page", &[UntrustedContent, WayOut]),
            ("send_mail", &[WayOut]),
            ("push_file", &[]),
            ("delete_pod", &[]),
        ] {
            let found = server.tool(tool).unwrap().able();
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), expected, "{tool}: {found:?}");
        }
    }
}
