//! Statements without the secrets of what shows that they do not hold.

use super::Assertions;
use crate::report::common::secrets::Secrets;
use crate::solver::Evidence;

impl Assertions<'_> {
    /// Takes the secrets out of the calls that show something.
    pub fn mask(&mut self, secrets: &Secrets) {
        let answers = self.policies.iter_mut().flat_map(|policy| &mut policy.answers);
        for violation in answers.flat_map(|answer| &mut answer.violations) {
            match &mut violation.evidence {
                Evidence::Call(arguments) => _ = secrets.mask(arguments),
                Evidence::Recorded(call) => {
                    secrets.mask(&mut call.arguments);
                    call.elsewhere.iter_mut().for_each(|(_, other)| _ = secrets.mask(other));
                }
                Evidence::Burst(burst) => {
                    let batches = burst.batches.iter_mut();
                    batches.for_each(|batch| _ = secrets.mask(&mut batch.arguments));
                }
                Evidence::Unknown(_) => {}
            }
        }
    }
}
