//! A connection that outlives what comes before a session is opened.

use rmcp::RoleServer;
use rmcp::model::{JsonRpcMessage, ServerResult};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;

/// A connection on which only requests count until one opens the session: anything else there would end it.
pub(super) struct Opened<T> {
    transport: T,
    is_open: bool,
}

impl<T> Opened<T> {
    pub(super) fn new(transport: T) -> Opened<T> {
        Opened { transport, is_open: false }
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Opened<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), T::Error>> + Send + 'static {
        let opens = |result: &ServerResult| {
            !matches!(result, ServerResult::EmptyResult(_) | ServerResult::DiscoverResult(_))
        };
        if let JsonRpcMessage::Response(response) = &message {
            self.is_open |= opens(&response.result);
        }
        self.transport.send(message)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let message = self.transport.receive().await?;
            if self.is_open || matches!(message, JsonRpcMessage::Request(_)) {
                return Some(message);
            }
        }
    }

    fn close(&mut self) -> impl Future<Output = Result<(), T::Error>> + Send {
        self.transport.close()
    }
}
