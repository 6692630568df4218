//! Weighing what speaks for a category: one table says how much each kind of evidence counts, and
//! one function comes to the verdict.

use super::category::{Category, Vocabulary};

/// The greatest confidence of a guess; only a person's review is certain.
const MOST: f64 = 0.95;
/// A category that is more severe than the best supported one wins from this share of its support.
const SHARE: f64 = 0.6;
/// How much of the support for another category is taken from the confidence.
const DOUBT: f64 = 0.25;

/// Where evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The name begins with a verb that can be nothing else.
    PlainVerb,
    /// A verb behind other words of the name, or one that may also be a noun.
    LikelyVerb,
    /// A further verb of the name that counts in any case.
    FurtherVerb,
    /// A word right behind the verb, or in the middle of the name, that may be a verb.
    PossibleVerb,
    /// A verb that changes something on one server and only computes on another.
    VagueVerb,
    /// A verb that says nothing of what is done: `manage_users`.
    EmptyVerb,
    /// A verb that may also overwrite what is there.
    MayOverwrite,
    /// A word that may be a verb in front of the name's real one.
    Noun,
    /// The name ends with something that is read.
    Report,
    /// Nothing in the name is known.
    NothingKnown,
    /// The name does something to what is money.
    Money,
    /// The name does something to what may be money.
    PossibleMoney,
    /// The name reads about money. PolicyLayer's catalogue files such tools under Financial;
    /// a description or a claim to read outweighs it.
    ReadsMoney,
    /// The description begins with a verb.
    Said,
    /// The description begins with a verb that reads.
    SaidToRead,
    /// The description begins with running a query, of which it does not say that it only reads.
    SaidToQuery,
    /// The description begins with what may be a verb.
    PerhapsSaid,
    /// The description begins with a verb that says nothing of what is done.
    SaidEmpty,
    /// A verb that the description adds to the first: "stops and deletes".
    SaidToo,
    /// A verb that the description adds as a choice, or a later sentence of it.
    SaidAsWell,
    /// A phrase that nobody writes by chance.
    Phrase,
    /// An argument takes code, or a whole request.
    RunsArgument,
    /// An argument is code at which the tool looks.
    LooksAtArgument,
    /// An argument is a sum to pay.
    Payment,
    /// An argument selects among actions, and this is one of them.
    Selectable,
    /// An argument is where the tool writes what it read.
    Saves,
    /// What is read is returned, for no argument says where to write it.
    Returns,
    /// `readOnlyHint` is true.
    ClaimsToRead,
    /// `readOnlyHint` is false.
    AdmitsChange,
    /// `destructiveHint` is true, and the server's other tools show that this says something.
    AdmitsDestruction,
}

impl Kind {
    /// Whether it says nothing where the actions of the tool are known.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Kind::EmptyVerb | Kind::SaidEmpty | Kind::NothingKnown)
    }

    /// How much a kind counts, and whether it is firm: below a category that firm evidence speaks
    /// for, no claim and no description takes a tool.
    fn weight(self) -> (f64, bool) {
        match self {
            Kind::PlainVerb | Kind::EmptyVerb => (0.9, true),
            Kind::LikelyVerb => (0.75, true),
            Kind::FurtherVerb => (0.5, true),
            Kind::PossibleVerb => (0.55, false),
            Kind::VagueVerb => (0.5, false),
            Kind::MayOverwrite => (0.35, false),
            Kind::Noun => (0.5, false),
            Kind::Report => (0.5, false),
            Kind::NothingKnown => (0.3, false),
            Kind::Money => (0.75, true),
            Kind::PossibleMoney => (0.65, true),
            Kind::ReadsMoney => (0.56, false),
            Kind::Said | Kind::SaidEmpty => (0.55, true),
            Kind::SaidToRead => (0.55, false),
            Kind::SaidToQuery => (0.55, false),
            Kind::PerhapsSaid => (0.4, false),
            Kind::SaidToo => (0.5, true),
            Kind::SaidAsWell => (0.4, false),
            Kind::Phrase => (0.5, true),
            Kind::RunsArgument => (0.65, true),
            Kind::LooksAtArgument => (0.4, false),
            Kind::Payment => (0.65, true),
            Kind::Selectable | Kind::Saves => (0.6, true),
            Kind::ClaimsToRead | Kind::Returns => (0.85, false),
            Kind::AdmitsChange => (0.5, true),
            Kind::AdmitsDestruction => (0.4, false),
        }
    }
}

/// Something that speaks for a category.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evidence {
    /// The category it speaks for.
    pub category: Category,
    /// Where it comes from.
    pub kind: Kind,
    /// What it is, for people.
    pub text: String,
}

impl Evidence {
    pub(super) fn new(category: Category, kind: Kind, text: String) -> Evidence {
        Evidence { category, kind, text }
    }
}

/// What evidence comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighed {
    /// The most severe category that is supported well enough.
    pub category: Category,
    /// How sure it is: above 0 and below 1.
    pub confidence: f64,
}

/// Weighs evidence, of which there is some. Pieces for one category add up like chances where they
/// are of different kinds, for those of one kind are not independent; of the categories the most severe wins that firm evidence speaks for, or that has a
/// fair share of the support of the best.
pub(super) fn weigh(evidence: &[Evidence]) -> Weighed {
    let mut doubts = [1.0; Category::ALL.len()];
    let mut category = Category::Read;
    for (number, one) in evidence.iter().enumerate() {
        let same = |other: &Evidence| (other.category, other.kind) == (one.category, one.kind);
        if evidence[..number].iter().any(same) {
            continue;
        }
        let (weight, firm) = one.kind.weight();
        doubts[one.category as usize] *= 1.0 - weight;
        category = if firm { category.max(one.category) } else { category };
    }
    let support = doubts.map(|doubt| 1.0 - doubt);
    let best = support.iter().copied().fold(0.0, f64::max);
    let supported = |category: &Category| support[*category as usize] >= best * SHARE;
    category = Category::ALL.iter().copied().filter(supported).fold(category, Category::max);
    let others = Category::ALL.iter().filter(|other| **other != category);
    let other = others.map(|other| support[*other as usize]).fold(0.0, f64::max);
    let confidence = (support[category as usize] * (1.0 - DOUBT * other)).min(MOST);
    Weighed { category, confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(evidence: &[(Category, Kind)]) -> Category {
        let one = |(category, kind): &(Category, Kind)| Evidence::new(*category, *kind, "".into());
        weigh(&evidence.iter().map(one).collect::<Vec<_>>()).category
    }

    #[test]
    fn firm_evidence_is_outweighed_by_no_number_of_claims() {
        use Category::{Destructive, Read};
        let claims = [(Read, Kind::ClaimsToRead), (Read, Kind::SaidToRead), (Read, Kind::Report)];
        for firm in [Kind::LikelyVerb, Kind::Said, Kind::Phrase, Kind::Selectable] {
            let evidence = [&claims[..], &[(Destructive, firm)]].concat();
            assert_eq!(weighed(&evidence), Destructive, "{firm:?}");
        }
        let guess = [&claims[..], &[(Category::Execute, Kind::NothingKnown)]].concat();
        assert_eq!(weighed(&guess), Read);
    }

    #[test]
    fn of_what_is_supported_about_equally_the_more_severe_wins() {
        use Category::{Execute, Read};
        assert_eq!(weighed(&[(Read, Kind::SaidToRead), (Execute, Kind::VagueVerb)]), Execute);
        assert_eq!(weighed(&[(Read, Kind::ClaimsToRead), (Execute, Kind::VagueVerb)]), Read);
    }

    #[test]
    fn agreement_adds_to_the_confidence_and_contradiction_takes_from_it() {
        let sure = |kinds: &[(Category, Kind)]| {
            let one = |(category, kind): &(Category, Kind)| {
                Evidence::new(*category, *kind, String::new())
            };
            weigh(&kinds.iter().map(one).collect::<Vec<_>>()).confidence
        };
        let plain = (Category::Write, Kind::LikelyVerb);
        assert!(sure(&[plain, (Category::Write, Kind::Said)]) > sure(&[plain]));
        assert!(sure(&[plain, (Category::Read, Kind::ClaimsToRead)]) < sure(&[plain]));
    }
}
